//! A classic group as ListGroups and DescribeGroups show it.

use super::{ClassicGroup, State};
use keld_wire::Str;
use keld_wire::messages::describe_groups_response::{DescribedGroup, DescribedGroupMember};
use keld_wire::messages::list_groups_response::ListedGroup;

impl ClassicGroup {
    pub(crate) fn listed(&self) -> ListedGroup {
        ListedGroup {
            group_id: Str::from(self.id.as_str()),
            protocol_type: Str::from(self.protocol_type.as_deref().unwrap_or_default()),
            group_state: Str::from(self.state.name()),
            group_type: Str::from("classic"),
            ..ListedGroup::default()
        }
    }

    /// The protocol and what the members said of themselves only while the group is Stable.
    pub(crate) fn described(&self) -> DescribedGroup {
        let protocol = match self.state {
            State::Stable => self.protocol.as_deref(),
            State::Empty | State::PreparingRebalance | State::CompletingRebalance | State::Dead => {
                None
            }
        };
        let members = self.members.values().map(|member| DescribedGroupMember {
            member_id: Str::from(member.id.as_str()),
            group_instance_id: member.instance_id.as_deref().map(Str::from),
            client_id: Str::from(&*member.client_id),
            client_host: Str::from(&*member.client_host),
            member_metadata: protocol.map(|name| member.metadata(name)).unwrap_or_default(),
            member_assignment: member.assignment.clone(),
            ..DescribedGroupMember::default()
        });
        DescribedGroup {
            group_id: Str::from(self.id.as_str()),
            group_state: Str::from(self.state.name()),
            protocol_type: Str::from(self.protocol_type.as_deref().unwrap_or_default()),
            protocol_data: Str::from(protocol.unwrap_or_default()),
            members: members.collect(),
            ..DescribedGroup::default()
        }
    }
}
