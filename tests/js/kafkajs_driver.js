// Drives kafkajs.
'use strict'

const zlib = require('node:zlib')
const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, AssignerProtocol, PartitionAssigners, logLevel } = require('kafkajs')
const { lz4Compress, lz4Decompress } = require('@platformatic/wasm-utils')
const { Queue, serve, tohex, unhex } = require('./common.js')

// kafkajs leaves these three codecs to the application.
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async encoder => lz4Compress(encoder.buffer),
  decompress: async buffer => lz4Decompress(buffer)
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async encoder => zlib.zstdCompressSync(encoder.buffer),
  decompress: async buffer => zlib.zstdDecompressSync(buffer)
})

const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD
}
const RETRY = { retries: 8, initialRetryTime: 50, maxRetryTime: 1000 }
let unique = 0

/** The range assignor by the name and layout that other clients' groups use. */
const range = ({ cluster }) => ({
  name: 'range',
  version: 1,
  async assign ({ members, topics }) {
    const assignment = {}
    const ids = members.map(member => member.memberId).sort()
    for (const topic of topics) {
      const partitions = cluster.findTopicPartitionMetadata(topic).map(one => one.partitionId).sort((a, b) => a - b)
      let next = 0
      ids.forEach((id, index) => {
        const size = Math.floor(partitions.length / ids.length) + (index < partitions.length % ids.length ? 1 : 0)
        assignment[id] ??= {}
        assignment[id][topic] = partitions.slice(next, next + size)
        next += size
      })
    }
    return ids.map(memberId => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 1, assignment: assignment[memberId] || {} })
    }))
  },
  protocol: ({ topics }) => ({
    name: 'range',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics })
  })
})

const driver = {
  consumers: {},

  async connect ({ bootstrap }) {
    this.kafka = new Kafka({ clientId: 'driver', brokers: [bootstrap], retry: RETRY, logLevel: logLevel.WARN })
    this.admin = this.kafka.admin()
    await this.admin.connect()
  },

  async create_topic ({ topic, partitions = 1, configs = {} }) {
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }))
    const topics = [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }]
    if (!(await this.admin.createTopics({ topics, waitForLeaders: true }))) {
      throw new Error('TOPIC_ALREADY_EXISTS')
    }
  },

  topics () {
    return this.admin.listTopics()
  },

  async delete_topic ({ topic }) {
    await this.admin.deleteTopics({ topics: [topic] })
  },

  async create_partitions ({ topic, count }) {
    await this.admin.createPartitions({ topicPartitions: [{ topic, count }] })
  },

  async describe_topic ({ topic }) {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [topic] })
    return { partitions: topics[0].partitions.length }
  },

  async produce ({ topic, records, partition = 0, codec = 'none', idempotent = false, acks = 'all' }) {
    const producer = this.kafka.producer({ idempotent, retry: RETRY, maxInFlightRequests: 1 })
    await producer.connect()
    try {
      const messages = records.map(one => ({
        key: unhex(one.key),
        value: unhex(one.value),
        partition,
        headers: Object.fromEntries((one.headers || []).map(([name, data]) => [name, unhex(data)])),
        ...(one.timestamp === undefined || one.timestamp === null ? {} : { timestamp: String(one.timestamp) })
      }))
      const sent = await producer.send({ topic, messages, compression: CODECS[codec], acks: acks === 'all' ? -1 : Number(acks) })
      const base = Number(sent[0] && sent[0].baseOffset)
      return { offsets: records.map((_, index) => base + index) }
    } finally {
      await producer.disconnect()
    }
  },

  async start (name, { group, topics, only, options = {} }) {
    const queue = new Queue()
    const consumer = this.kafka.consumer({
      groupId: group,
      heartbeatInterval: 500,
      maxWaitTimeInMs: 100,
      partitionAssigners: [range],
      retry: RETRY,
      ...options
    })
    const opened = { consumer, queue, assigned: [] }
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      opened.assigned = Object.entries(payload.memberAssignment).flatMap(([topic, list]) => list.map(one => [topic, one]))
    })
    consumer.on(consumer.events.REBALANCING, () => { opened.assigned = [] })
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        if (only !== undefined && partition !== only) return
        queue.push({
          topic,
          partition,
          offset: Number(message.offset),
          timestamp: Number(message.timestamp),
          key: tohex(message.key),
          value: tohex(message.value),
          headers: Object.entries(message.headers || {}).flatMap(([header, data]) => (Array.isArray(data) ? data : [data]).map(one => [header, tohex(one)]))
        })
      }
    })
    this.consumers[name] = opened
    return opened
  },

  async open ({ consumer, topic, partition, from }) {
    let offset
    if (from.offset !== undefined) {
      offset = from.offset
    } else if (from.timestamp !== undefined) {
      const found = await this.admin.fetchTopicOffsetsByTimestamp(topic, from.timestamp)
      offset = found.find(one => one.partition === partition).offset
    } else {
      const found = (await this.admin.fetchTopicOffsets(topic)).find(one => one.partition === partition)
      offset = from.at === 'earliest' ? found.low : found.high
    }
    const opened = await this.start(consumer, { group: `open-${process.pid}-${unique++}`, topics: [topic], only: partition })
    opened.consumer.seek({ topic, partition, offset: String(offset) })
    opened.queue.clear()
    opened.start = Number(offset)
  },

  async join ({ consumer, group, topics, instance_id: instance, assignor = 'range', session_timeout_ms: sessionTimeout = 10000 }) {
    if (instance) throw new Error('kafkajs has no static members')
    const assigner = { range, roundrobin: PartitionAssigners.roundRobin }[assignor]
    if (!assigner) throw new Error(`assignor ${assignor}`)
    await this.start(consumer, { group, topics, options: { sessionTimeout, rebalanceTimeout: 10000, partitionAssigners: [assigner] } })
  },

  async poll ({ consumer, count = 1, timeout_ms: timeout = 1000 }) {
    const opened = this.consumers[consumer]
    const records = await opened.queue.poll(count, timeout)
    return records.filter(one => opened.start === undefined || one.offset >= opened.start)
  },

  assignment ({ consumer }) {
    return this.consumers[consumer].assigned
  },

  seek ({ consumer, topic, partition, offset }) {
    const opened = this.consumers[consumer]
    opened.consumer.seek({ topic, partition, offset: String(offset) })
    opened.queue.clear()
    if (opened.start !== undefined) opened.start = offset
  },

  async commit ({ consumer, topic, partition, offset }) {
    await this.consumers[consumer].consumer.commitOffsets([{ topic, partition, offset: String(offset) }])
  },

  async _committed (group, topics) {
    return await this.admin.fetchOffsets({ groupId: group, topics })
  },

  async committed ({ group, topic, partition }) {
    const found = await this._committed(group, [topic])
    const place = found.flatMap(one => one.partitions).find(one => one.partition === partition)
    return !place || place.offset === '-1' ? null : Number(place.offset)
  },

  async close ({ consumer }) {
    await this.consumers[consumer].consumer.disconnect()
    delete this.consumers[consumer]
  },

  async lag ({ group, topic }) {
    const ends = await this.admin.fetchTopicOffsets(topic)
    const found = await this._committed(group, [topic])
    const lags = {}
    for (const { partition, offset } of found.flatMap(one => one.partitions)) {
      if (offset !== '-1') lags[partition] = Number(ends.find(one => one.partition === partition).high) - Number(offset)
    }
    return lags
  },

  async offset ({ topic, partition, at }) {
    const found = typeof at === 'string'
      ? await this.admin.fetchTopicOffsets(topic)
      : await this.admin.fetchTopicOffsetsByTimestamp(topic, at)
    const place = found.find(one => one.partition === partition)
    return Number(at === 'earliest' ? place.low : at === 'latest' ? place.high : place.offset)
  },

  _resource ({ topic, broker }) {
    return topic === undefined ? { type: ConfigResourceTypes.BROKER, name: broker } : { type: ConfigResourceTypes.TOPIC, name: topic }
  },

  async describe_configs (command) {
    const found = await this.admin.describeConfigs({ resources: [this._resource(command)], includeSynonyms: false })
    return Object.fromEntries(found.resources[0].configEntries.map(one => [one.configName, one.configValue]))
  },

  async alter_config ({ key, value, ...command }) {
    const configEntries = value === undefined || value === null ? [] : [{ name: key, value }]
    await this.admin.alterConfigs({ validateOnly: false, resources: [{ ...this._resource(command), configEntries }] })
  },

  async delete_records ({ topic, partition, offset }) {
    // It finds leaders only of topics that its metadata already covers.
    await this.admin.fetchTopicOffsets(topic)
    await this.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] })
    return await this.offset({ topic, partition, at: 'earliest' })
  },

  async groups () {
    return (await this.admin.listGroups()).groups.map(one => one.groupId)
  },

  async describe_group ({ group }) {
    const found = (await this.admin.describeGroups([group])).groups[0]
    return { state: found.state, assignor: found.protocol, members: found.members.map(one => ({ client_id: one.clientId })) }
  },

  async delete_group ({ group }) {
    await this.admin.deleteGroups([group])
  },

  async alter_offset ({ group, topic, partition, offset }) {
    await this.admin.setOffsets({ groupId: group, topic, partitions: [{ partition, offset: String(offset) }] })
  },

  async cluster () {
    const found = await this.admin.describeCluster()
    return { cluster_id: found.clusterId, brokers: found.brokers.map(one => one.nodeId) }
  }
}

serve(driver)
