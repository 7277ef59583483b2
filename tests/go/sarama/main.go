// Command sarama drives IBM/sarama.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"keld.invalid/tests/wire"
)

type driver struct {
	bootstrap string
	client    sarama.Client
	admin     sarama.ClusterAdmin
	readers   map[string]*reader
}

// reader is an open partition or a member of a group; both queue what arrives.
type reader struct {
	sync.Mutex
	records  []wire.Record
	arrived  chan struct{}
	assigned [][]any
	session  sarama.ConsumerGroupSession
	failure  error
	close    func() error
}

func main() {
	d := &driver{readers: map[string]*reader{}}
	wire.Serve(d.run)
}

func (d *driver) config() *sarama.Config {
	config := sarama.NewConfig()
	config.ClientID = "driver"
	config.Version = sarama.MaxVersion
	config.Consumer.MaxWaitTime = 100 * time.Millisecond
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	config.Consumer.Return.Errors = true
	config.Admin.Timeout = 15 * time.Second
	return config
}

func (d *driver) run(c *wire.Command) (any, error) {
	switch c.Op {
	case "connect":
		d.bootstrap = c.Bootstrap
		client, err := sarama.NewClient([]string{d.bootstrap}, d.config())
		if err != nil {
			return nil, err
		}
		d.client = client
		d.admin, err = sarama.NewClusterAdminFromClient(client)
		return nil, err
	case "create_topic":
		configs := map[string]*string{}
		for name, value := range c.Configs {
			configs[name] = &value
		}
		return nil, d.admin.CreateTopic(c.Topic, &sarama.TopicDetail{NumPartitions: c.Partitions, ReplicationFactor: 1, ConfigEntries: configs}, false)
	case "topics":
		found, err := d.admin.ListTopics()
		names := []string{}
		for name := range found {
			names = append(names, name)
		}
		sort.Strings(names)
		return names, err
	case "delete_topic":
		return nil, d.admin.DeleteTopic(c.Topic)
	case "create_partitions":
		return nil, d.admin.CreatePartitions(c.Topic, int32(c.Count), nil, false)
	case "describe_topic":
		found, err := d.admin.DescribeTopics([]string{c.Topic})
		if err != nil {
			return nil, err
		}
		if found[0].Err != sarama.ErrNoError {
			return nil, found[0].Err
		}
		return map[string]any{"partitions": len(found[0].Partitions)}, nil
	case "produce":
		return d.produce(c)
	case "open":
		return nil, d.open(c, d.startOf(c))
	case "join":
		return nil, d.join(c)
	case "poll":
		return d.readers[c.Consumer].poll(c.Count, time.Duration(c.TimeoutMs)*time.Millisecond)
	case "assignment":
		r := d.readers[c.Consumer]
		r.Lock()
		defer r.Unlock()
		return r.assigned, nil
	case "seek":
		if err := d.readers[c.Consumer].close(); err != nil {
			return nil, err
		}
		return nil, d.open(c, c.Offset)
	case "commit":
		r := d.readers[c.Consumer]
		r.Lock()
		session := r.session
		r.Unlock()
		if session == nil {
			return nil, fmt.Errorf("no session")
		}
		session.MarkOffset(c.Topic, c.Partition, c.Offset, "")
		session.Commit()
		return nil, nil
	case "committed":
		found, err := d.admin.ListConsumerGroupOffsets(c.Group, map[string][]int32{c.Topic: {c.Partition}})
		if err != nil {
			return nil, err
		}
		place := found.GetBlock(c.Topic, c.Partition)
		if place == nil || place.Offset < 0 {
			return nil, nil
		}
		return place.Offset, nil
	case "close":
		err := d.readers[c.Consumer].close()
		delete(d.readers, c.Consumer)
		return nil, err
	case "lag":
		found, err := d.admin.ListConsumerGroupOffsets(c.Group, nil)
		if err != nil {
			return nil, err
		}
		lags := map[string]int64{}
		for partition, place := range found.Blocks[c.Topic] {
			end, err := d.client.GetOffset(c.Topic, partition, sarama.OffsetNewest)
			if err != nil {
				return nil, err
			}
			if place.Offset >= 0 {
				lags[strconv.Itoa(int(partition))] = end - place.Offset
			}
		}
		return lags, nil
	case "offset":
		var timestamp int64
		switch string(c.At) {
		case `"earliest"`:
			timestamp = sarama.OffsetOldest
		case `"latest"`:
			timestamp = sarama.OffsetNewest
		default:
			if err := json.Unmarshal(c.At, &timestamp); err != nil {
				return nil, err
			}
		}
		return d.client.GetOffset(c.Topic, c.Partition, timestamp)
	case "describe_configs":
		found, err := d.admin.DescribeConfig(d.resource(c))
		values := map[string]string{}
		for _, entry := range found {
			values[entry.Name] = entry.Value
		}
		return values, err
	case "alter_config":
		entry := sarama.IncrementalAlterConfigsEntry{Operation: sarama.IncrementalAlterConfigsOperationSet, Value: c.Value}
		if c.Value == nil {
			entry.Operation = sarama.IncrementalAlterConfigsOperationDelete
		}
		resource := d.resource(c)
		return nil, d.admin.IncrementalAlterConfig(resource.Type, resource.Name, map[string]sarama.IncrementalAlterConfigsEntry{c.Key: entry}, false)
	case "delete_records":
		err := d.admin.DeleteRecords(c.Topic, map[int32]int64{c.Partition: c.Offset})
		if err != nil {
			return nil, err
		}
		return d.client.GetOffset(c.Topic, c.Partition, sarama.OffsetOldest)
	case "groups":
		found, err := d.admin.ListConsumerGroups()
		names := []string{}
		for name := range found {
			names = append(names, name)
		}
		return names, err
	case "describe_group":
		found, err := d.admin.DescribeConsumerGroups([]string{c.Group})
		if err != nil {
			return nil, err
		}
		group := found[0]
		members := []any{}
		for _, member := range group.Members {
			assignment := [][]any{}
			if assigned, err := member.GetMemberAssignment(); err == nil && assigned != nil {
				for topic, partitions := range assigned.Topics {
					for _, partition := range partitions {
						assignment = append(assignment, []any{topic, partition})
					}
				}
			}
			members = append(members, map[string]any{"client_id": member.ClientId, "instance_id": member.GroupInstanceId, "assignment": assignment})
		}
		if group.Err != sarama.ErrNoError {
			return nil, group.Err
		}
		return map[string]any{"state": group.State, "assignor": group.Protocol, "members": members}, nil
	case "delete_group":
		return nil, d.admin.DeleteConsumerGroup(c.Group)
	case "delete_offset":
		return nil, d.admin.DeleteConsumerGroupOffset(c.Group, c.Topic, c.Partition)
	case "cluster":
		brokers, _, err := d.admin.DescribeCluster()
		ids := []int32{}
		for _, broker := range brokers {
			ids = append(ids, broker.ID())
		}
		return map[string]any{"brokers": ids}, err
	case "log_dirs":
		found, err := d.admin.DescribeLogDirs([]int32{1})
		names := []string{}
		for _, directories := range found {
			for _, directory := range directories {
				for _, topic := range directory.Topics {
					for _, partition := range topic.Partitions {
						names = append(names, fmt.Sprintf("%s-%d", topic.Topic, partition.PartitionID))
					}
				}
			}
		}
		return names, err
	}
	return nil, fmt.Errorf("unknown command %s", c.Op)
}

func (d *driver) resource(c *wire.Command) sarama.ConfigResource {
	if c.Broker != nil {
		return sarama.ConfigResource{Type: sarama.BrokerResource, Name: *c.Broker}
	}
	return sarama.ConfigResource{Type: sarama.TopicResource, Name: c.Topic}
}

func (d *driver) produce(c *wire.Command) (any, error) {
	config := d.config()
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Flush.Frequency = 50 * time.Millisecond
	config.Producer.Compression = map[string]sarama.CompressionCodec{
		"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy, "lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
	}[c.Codec]
	config.Producer.RequiredAcks = map[string]sarama.RequiredAcks{"all": sarama.WaitForAll, "1": sarama.WaitForLocal, "0": sarama.NoResponse}[c.Acks]
	if c.Idempotent {
		config.Producer.Idempotent = true
		config.Net.MaxOpenRequests = 1
	}
	producer, err := sarama.NewSyncProducer([]string{d.bootstrap}, config)
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	messages := []*sarama.ProducerMessage{}
	for _, one := range c.Records {
		message := &sarama.ProducerMessage{Topic: c.Topic, Partition: c.Partition}
		if one.Key != nil {
			message.Key = sarama.ByteEncoder(wire.Unhex(one.Key))
		}
		if one.Value != nil {
			message.Value = sarama.ByteEncoder(wire.Unhex(one.Value))
		}
		if one.Timestamp != nil {
			message.Timestamp = time.UnixMilli(*one.Timestamp)
		}
		for _, header := range one.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(*header[0]), Value: wire.Unhex(header[1])})
		}
		messages = append(messages, message)
	}
	if err := producer.SendMessages(messages); err != nil {
		var all sarama.ProducerErrors
		if errors.As(err, &all) && len(all) > 0 {
			return nil, all[0].Err
		}
		return nil, err
	}
	offsets := []int64{}
	for _, message := range messages {
		offsets = append(offsets, message.Offset)
	}
	return map[string]any{"offsets": offsets}, nil
}

func (d *driver) startOf(c *wire.Command) int64 {
	switch {
	case c.From.Offset != nil:
		return *c.From.Offset
	case c.From.Timestamp != nil:
		offset, err := d.client.GetOffset(c.Topic, c.Partition, *c.From.Timestamp)
		if err != nil {
			panic(err)
		}
		return offset
	case c.From.At == "earliest":
		return sarama.OffsetOldest
	}
	offset, err := d.client.GetOffset(c.Topic, c.Partition, sarama.OffsetNewest)
	if err != nil {
		panic(err)
	}
	return offset
}

func (d *driver) open(c *wire.Command, offset int64) error {
	consumer, err := sarama.NewConsumer([]string{d.bootstrap}, d.config())
	if err != nil {
		return err
	}
	partition, err := consumer.ConsumePartition(c.Topic, c.Partition, offset)
	if err != nil {
		return err
	}
	r := &reader{arrived: make(chan struct{}, 1)}
	r.close = func() error {
		if err := partition.Close(); err != nil {
			return err
		}
		return consumer.Close()
	}
	go func() {
		for message := range partition.Messages() {
			r.push(message)
		}
	}()
	go func() {
		for failed := range partition.Errors() {
			r.fail(failed)
		}
	}()
	d.readers[c.Consumer] = r
	return nil
}

func (d *driver) join(c *wire.Command) error {
	config := d.config()
	config.Consumer.Group.Session.Timeout = time.Duration(c.SessionTimeout) * time.Millisecond
	strategy := map[string]sarama.BalanceStrategy{"range": sarama.NewBalanceStrategyRange(), "roundrobin": sarama.NewBalanceStrategyRoundRobin(), "sticky": sarama.NewBalanceStrategySticky()}[c.Assignor]
	if strategy == nil {
		return fmt.Errorf("assignor %s", c.Assignor)
	}
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategy}
	if c.InstanceID != nil {
		config.Consumer.Group.InstanceId = *c.InstanceID
	}
	group, err := sarama.NewConsumerGroup([]string{d.bootstrap}, c.Group, config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &reader{arrived: make(chan struct{}, 1)}
	r.close = func() error {
		cancel()
		return group.Close()
	}
	go func() {
		for failed := range group.Errors() {
			fmt.Println("group error:", failed)
		}
	}()
	go func() {
		for ctx.Err() == nil {
			if err := group.Consume(ctx, c.Topics, r); err != nil && ctx.Err() == nil {
				fmt.Println("consume:", err)
			}
		}
	}()
	d.readers[c.Consumer] = r
	return nil
}

// Setup notes the assignment of a new generation.
func (r *reader) Setup(session sarama.ConsumerGroupSession) error {
	r.Lock()
	defer r.Unlock()
	r.session, r.assigned = session, [][]any{}
	for topic, partitions := range session.Claims() {
		for _, partition := range partitions {
			r.assigned = append(r.assigned, []any{topic, partition})
		}
	}
	return nil
}

// Cleanup forgets the assignment.
func (r *reader) Cleanup(sarama.ConsumerGroupSession) error {
	r.Lock()
	defer r.Unlock()
	r.session, r.assigned = nil, nil
	return nil
}

// ConsumeClaim queues one partition's records.
func (r *reader) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case message, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			r.push(message)
		case <-session.Context().Done():
			return nil
		}
	}
}

func (r *reader) push(message *sarama.ConsumerMessage) {
	timestamp := message.Timestamp.UnixMilli()
	headers := []wire.Header{}
	for _, header := range message.Headers {
		name := string(header.Key)
		headers = append(headers, wire.Header{&name, wire.Hex(header.Value)})
	}
	r.Lock()
	r.records = append(r.records, wire.Record{Topic: message.Topic, Partition: message.Partition, Offset: message.Offset, Timestamp: &timestamp, Key: wire.Hex(message.Key), Value: wire.Hex(message.Value), Headers: headers})
	r.Unlock()
	r.wake()
}

func (r *reader) fail(err error) {
	r.Lock()
	r.failure = err
	r.Unlock()
	r.wake()
}

func (r *reader) wake() {
	select {
	case r.arrived <- struct{}{}:
	default:
	}
}

func (r *reader) poll(count int, timeout time.Duration) (any, error) {
	end := time.After(timeout)
	for {
		r.Lock()
		if r.failure != nil {
			r.Unlock()
			return nil, r.failure
		}
		if len(r.records) >= count {
			records := r.records
			r.records = nil
			r.Unlock()
			return records, nil
		}
		r.Unlock()
		select {
		case <-r.arrived:
		case <-end:
			r.Lock()
			records := r.records
			r.records = nil
			r.Unlock()
			if records == nil {
				records = []wire.Record{}
			}
			return records, nil
		}
	}
}
