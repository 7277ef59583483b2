//! `meta.properties`: whose directory this is. A Java properties file, version 1 (KRaft).
//!
//! ```text
//! version=1
//! node.id=1
//! cluster.id=qJ8oL0l0RkCkKmSvbSjSZQ
//! directory.id=O9rBnTvnZVSOpRM5DAIkZg
//! ```

use keld_types::{BrokerId, ClusterId, DirectoryId, Uuid};

/// Largest file that is read.
pub(crate) const BYTES_MAX: u64 = 1 << 20;

/// Who owns a log directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetaProperties {
    /// The cluster the directory was formatted for.
    pub cluster_id: ClusterId,
    /// The node it was formatted for.
    pub node_id: BrokerId,
    /// The directory's own id; files of clusters from before KIP-858 have none.
    pub directory_id: Option<DirectoryId>,
}

impl MetaProperties {
    /// The file's text.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::from("#\n");
        let mut put = |key: &str, value: &str| {
            text.push_str(key);
            text.push('=');
            escape(value, &mut text);
            text.push('\n');
        };
        put("cluster.id", self.cluster_id.as_str());
        if let Some(id) = self.directory_id {
            put("directory.id", &id.to_string());
        }
        put("node.id", &self.node_id.to_string());
        put("version", "1");
        text
    }

    /// Reads the file.
    pub(crate) fn decode(content: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(content).map_err(|_| "not UTF-8".to_owned())?;
        let (mut version, mut cluster, mut node, mut broker, mut directory) = Default::default();
        for line in text.lines() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with(['#', '!']) {
                continue;
            }
            let (key, value) = split(line);
            let slot: &mut Option<String> = match key.as_str() {
                "version" => &mut version,
                "cluster.id" => &mut cluster,
                "node.id" => &mut node,
                "broker.id" => &mut broker,
                "directory.id" => &mut directory,
                _ => continue,
            };
            *slot = Some(value);
        }
        let version = version.unwrap_or_else(|| "0".to_owned());
        let node = match version.as_str() {
            "1" => node.ok_or("node.id was not found")?,
            "0" => broker.ok_or("broker.id was not found")?,
            _ => return Err(format!("unknown meta.properties version number {version}")),
        };
        let number = node.parse().map_err(|_| format!("node id `{node}` is no number"))?;
        let directory_id = directory
            .map(|id| id.parse::<Uuid>().map(DirectoryId::new))
            .transpose()
            .map_err(|error| format!("unable to read directory.id: {error}"))?;
        let cluster_id = ClusterId::new(cluster.ok_or("cluster.id was not found")?);
        Ok(Self { cluster_id, node_id: BrokerId::new(number), directory_id })
    }
}

/// Java escapes separators and comment signs in values.
fn escape(value: &str, out: &mut String) {
    for c in value.chars() {
        if matches!(c, '=' | ':' | '#' | '!' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Splits at the first separator that is not escaped, and takes the escapes away.
fn split(line: &str) -> (String, String) {
    let mut key = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => key.extend(chars.next()),
            '=' | ':' | ' ' | '\t' => break,
            other => key.push(other),
        }
    }
    let rest = chars.as_str().trim_start_matches([' ', '\t', '=', ':']);
    let mut value = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if c == '\\' { value.extend(chars.next()) } else { value.push(c) }
    }
    (key, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_kafka_wrote() {
        let text = b"#\n#Mon Nov 23 11:00:00 UTC 2026\ncluster.id=qJ8oL0l0RkCkKmSvbSjSZQ\n\
            directory.id=O9rBnTvnZVSOpRM5DAIkZg\nnode.id=7\nversion=1\n";
        let meta = MetaProperties::decode(text).unwrap();
        assert_eq!(meta.cluster_id.as_str(), "qJ8oL0l0RkCkKmSvbSjSZQ");
        assert_eq!(meta.node_id, BrokerId::new(7));
        assert_eq!(meta.directory_id.unwrap().to_string(), "O9rBnTvnZVSOpRM5DAIkZg");
        assert_eq!(MetaProperties::decode(meta.encode().as_bytes()), Ok(meta));
    }

    #[test]
    fn escapes_read_back() {
        let meta = MetaProperties {
            cluster_id: ClusterId::new("a=b:c\\d"),
            node_id: BrokerId::new(0),
            directory_id: None,
        };
        assert_eq!(MetaProperties::decode(meta.encode().as_bytes()), Ok(meta));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |text: &str| MetaProperties::decode(text.as_bytes()).unwrap_err();
        assert_eq!(error("version=1\ncluster.id=x\n"), "node.id was not found");
        assert_eq!(error("version=1\nnode.id=1\n"), "cluster.id was not found");
        assert_eq!(error("version=2\nnode.id=1\n"), "unknown meta.properties version number 2");
        assert_eq!(error("version=1\nnode.id=x\ncluster.id=x\n"), "node id `x` is no number");
        assert!(
            error("version=1\nnode.id=1\ncluster.id=x\ndirectory.id=!\n").contains("directory.id")
        );
    }

    proptest::proptest! {
        #[test]
        fn garbage_is_never_a_panic(bytes: Vec<u8>) {
            let _ = MetaProperties::decode(&bytes);
        }
    }
}
