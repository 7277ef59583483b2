// Drives @platformatic/kafka.
'use strict'

const { Admin, Consumer, Producer, ConfigResourceTypes } = require('@platformatic/kafka')
const { Queue, serve, tohex, unhex } = require('./common.js')

let unique = 0

const driver = {
  consumers: {},

  async connect ({ bootstrap }) {
    this.settings = { clientId: 'driver', bootstrapBrokers: [bootstrap], retries: 5, retryDelay: 100 }
    this.admin = new Admin(this.settings)
    await this.admin.metadata({ topics: [] })
  },

  async create_topic ({ topic, partitions = 1, configs = {} }) {
    const list = Object.entries(configs).map(([name, value]) => ({ name, value }))
    await this.admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: list })
  },

  topics () {
    return this.admin.listTopics()
  },

  async delete_topic ({ topic }) {
    await this.admin.deleteTopics({ topics: [topic] })
  },

  async create_partitions ({ topic, count }) {
    await this.admin.createPartitions({ topics: [{ name: topic, count, assignments: null }] })
  },

  async describe_topic ({ topic }) {
    const found = await this.admin.metadata({ topics: [topic], forceUpdate: true })
    return { partitions: found.topics.get(topic).partitions.length }
  },

  async produce ({ topic, records, partition = 0, codec = 'none', idempotent = false, acks = 'all' }) {
    const producer = new Producer({ ...this.settings, idempotent })
    try {
      const messages = records.map(one => ({
        topic,
        partition,
        key: unhex(one.key) ?? undefined,
        value: unhex(one.value) ?? undefined,
        headers: new Map((one.headers || []).map(([name, data]) => [Buffer.from(name), unhex(data)])),
        ...(one.timestamp === undefined || one.timestamp === null ? {} : { timestamp: BigInt(one.timestamp) })
      }))
      const sent = await producer.send({ messages, compression: codec, idempotent, acks: acks === 'all' ? -1 : Number(acks) })
      const base = Number(sent.offsets?.[0]?.offset)
      return { offsets: records.map((_, index) => base + index) }
    } finally {
      await producer.close()
    }
  },

  async start (name, group, topics, stream, options = {}) {
    const opened = { queue: new Queue(), topics }
    opened.consumer = new Consumer({ ...this.settings, groupId: group, autocommit: false, maxWaitTime: 100, minBytes: 1, heartbeatInterval: 500, ...options })
    opened.read = async how => {
      opened.stream = await opened.consumer.consume({ topics, ...how })
      opened.stream.on('error', error => console.error('stream', error))
      opened.stream.on('data', message => opened.queue.push({
        topic: message.topic,
        partition: message.partition,
        offset: Number(message.offset),
        timestamp: Number(message.timestamp),
        key: tohex(message.key),
        value: tohex(message.value),
        headers: [...(message.headers || new Map())].map(([header, data]) => [header.toString(), tohex(data)])
      }))
    }
    this.consumers[name] = opened
    await opened.read(stream)
  },

  async open ({ consumer, topic, partition, from }) {
    let at = from.offset
    if (from.timestamp !== undefined) {
      at = await this.offset({ topic, partition, at: from.timestamp })
      if (at < 0) at = await this.offset({ topic, partition, at: 'latest' })
    } else if (at === undefined) {
      at = await this.offset({ topic, partition, at: from.at })
    }
    await this.start(consumer, `open-${process.pid}-${unique++}`, [topic], await this._manual(topic, partition, at))
  },

  /** Every other partition is read from its end, where nothing comes. */
  async _manual (topic, partition, offset) {
    const { partitions } = await this.describe_topic({ topic })
    const offsets = []
    for (let one = 0; one < partitions; one++) {
      const place = one === partition ? offset : await this.offset({ topic, partition: one, at: 'latest' })
      offsets.push({ topic, partition: one, offset: BigInt(place) })
    }
    return { mode: 'manual', offsets }
  },

  async join ({ consumer, group, topics, instance_id: instance, assignor = 'range', session_timeout_ms: sessionTimeout = 10000 }) {
    const options = { sessionTimeout, rebalanceTimeout: Math.max(10000, sessionTimeout), protocols: [{ name: assignor, version: 1 }] }
    if (instance) options.groupInstanceId = instance
    // Joining ends when the whole group has joined: it goes on beside the next commands.
    this.start(consumer, group, topics, { mode: 'committed', fallbackMode: 'earliest' }, options)
      .catch(error => console.error('join', error))
  },

  poll ({ consumer, count = 1, timeout_ms: timeout = 1000 }) {
    return this.consumers[consumer].queue.poll(count, timeout)
  },

  assignment ({ consumer }) {
    const found = this.consumers[consumer].consumer?.assignments || []
    return found.flatMap(one => one.partitions.map(partition => [one.topic, partition]))
  },

  async seek ({ consumer, topic, partition, offset }) {
    const opened = this.consumers[consumer]
    await opened.stream.close()
    opened.queue.clear()
    await opened.read(await this._manual(topic, partition, offset))
  },

  async commit ({ consumer, topic, partition, offset }) {
    await this.consumers[consumer].consumer.commit({ offsets: [{ topic, partition, offset: BigInt(offset), leaderEpoch: 0 }] })
  },

  async _committed (group) {
    const found = await this.admin.listConsumerGroupOffsets({ groups: [group] })
    return found[0].topics.flatMap(topic => topic.partitions.map(one => ({ topic: topic.name, partition: one.partitionIndex, offset: Number(one.committedOffset) })))
  },

  async committed ({ group, topic, partition }) {
    const place = (await this._committed(group)).find(one => one.topic === topic && one.partition === partition)
    return !place || place.offset < 0 ? null : place.offset
  },

  async close ({ consumer }) {
    const opened = this.consumers[consumer]
    delete this.consumers[consumer]
    await opened.consumer.close(true)
  },

  async lag ({ group, topic }) {
    const lags = {}
    for (const one of await this._committed(group)) {
      if (one.topic === topic && one.offset >= 0) {
        lags[one.partition] = (await this.offset({ topic, partition: one.partition, at: 'latest' })) - one.offset
      }
    }
    return lags
  },

  async offset ({ topic, partition, at }) {
    const timestamp = { earliest: -2n, latest: -1n, max_timestamp: -3n }[at] ?? BigInt(at)
    const found = await this.admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }] })
    return Number(found[0].partitions[0].offset)
  },

  _resource ({ topic, broker }) {
    return topic === undefined
      ? { resourceType: ConfigResourceTypes.BROKER, resourceName: broker }
      : { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic }
  },

  async describe_configs (command) {
    const found = await this.admin.describeConfigs({ resources: [{ ...this._resource(command), configurationKeys: null }] })
    return Object.fromEntries(found[0].configs.map(one => [one.name, one.value]))
  },

  async alter_config ({ key, value, ...command }) {
    const change = value === undefined || value === null ? { name: key, configOperation: 1, value: null } : { name: key, configOperation: 0, value }
    await this.admin.incrementalAlterConfigs({ resources: [{ ...this._resource(command), configs: [change] }] })
  },

  async delete_records ({ topic, partition, offset }) {
    const found = await this.admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: BigInt(offset) }] }] })
    return Number(found[0].partitions[0].lowWatermark)
  },

  async groups () {
    return [...(await this.admin.listGroups()).keys()]
  },

  async describe_group ({ group }) {
    const found = (await this.admin.describeGroups({ groups: [group] })).get(group)
    return {
      state: found.state,
      assignor: found.protocol,
      members: [...found.members.values()].map(one => ({ client_id: one.clientId, instance_id: one.groupInstanceId }))
    }
  },

  async delete_group ({ group }) {
    await this.admin.deleteGroups({ groups: [group] })
  },

  async delete_offset ({ group, topic, partition }) {
    await this.admin.deleteConsumerGroupOffsets({ groupId: group, topics: [{ name: topic, partitionIndexes: [partition] }] })
  },

  async alter_offset ({ group, topic, partition, offset }) {
    await this.admin.alterConsumerGroupOffsets({ groupId: group, topics: [{ name: topic, partitionOffsets: [{ partition, offset: BigInt(offset) }] }] })
  },

  async cluster () {
    const found = await this.admin.metadata({ topics: [], forceUpdate: true })
    return { cluster_id: found.id, brokers: [...found.brokers.keys()] }
  },

  async log_dirs () {
    const { topics } = { topics: await this.admin.listTopics() }
    const wanted = []
    for (const name of topics) {
      const { partitions } = await this.describe_topic({ topic: name })
      wanted.push({ name, partitions: Array.from({ length: partitions }, (_, index) => index) })
    }
    const found = await this.admin.describeLogDirs({ topics: wanted })
    return found.flatMap(one => one.results).flatMap(one => one.topics).flatMap(topic => topic.partitions.map(one => `${topic.name}-${one.partitionIndex}`))
  }
}

serve(driver)
