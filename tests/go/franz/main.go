// Command franz drives franz-go.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"keld.invalid/tests/wire"
)

type driver struct {
	bootstrap string
	client    *kgo.Client
	admin     *kadm.Client
	consumers map[string]*kgo.Client
	assigned  map[string]*assignment
	load      *load
}

func main() {
	d := &driver{consumers: map[string]*kgo.Client{}, assigned: map[string]*assignment{}}
	wire.Serve(d.run)
}

func (d *driver) options(extra ...kgo.Opt) []kgo.Opt {
	return append([]kgo.Opt{kgo.SeedBrokers(strings.Split(d.bootstrap, ",")...), kgo.ClientID("driver"), kgo.RetryTimeout(20 * time.Second), kgo.MetadataMinAge(50 * time.Millisecond)}, extra...)
}

func (d *driver) run(c *wire.Command) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	switch c.Op {
	case "connect":
		d.bootstrap = c.Bootstrap
		client, err := kgo.NewClient(d.options()...)
		if err != nil {
			return nil, err
		}
		d.client, d.admin = client, kadm.NewClient(client)
		return nil, client.Ping(ctx)
	case "create_topic":
		configs := map[string]*string{}
		for name, value := range c.Configs {
			configs[name] = &value
		}
		_, err := d.admin.CreateTopic(ctx, c.Partitions, 1, configs, c.Topic)
		return nil, err
	case "topics":
		found, err := d.admin.ListTopics(ctx)
		if err != nil {
			return nil, err
		}
		return found.Names(), nil
	case "delete_topic":
		_, err := d.admin.DeleteTopic(ctx, c.Topic)
		return nil, err
	case "create_partitions":
		done, err := d.admin.UpdatePartitions(ctx, c.Count, c.Topic)
		if err != nil {
			return nil, err
		}
		return nil, done.Error()
	case "describe_topic":
		found, err := d.admin.ListTopics(ctx, c.Topic)
		if err != nil {
			return nil, err
		}
		return map[string]any{"partitions": len(found[c.Topic].Partitions)}, found[c.Topic].Err
	case "produce":
		return d.produce(ctx, c)
	case "load":
		var err error
		d.load, err = startLoad(d.bootstrap, c)
		return nil, err
	case "load_status":
		return d.load.status(), nil
	case "load_stop":
		return d.load.end(), nil
	case "open":
		offset := kgo.NewOffset()
		switch {
		case c.From.Offset != nil:
			offset = offset.At(*c.From.Offset)
		case c.From.Timestamp != nil:
			offset = offset.AfterMilli(*c.From.Timestamp)
		case c.From.At == "earliest":
			offset = offset.AtStart()
		default:
			end, err := d.offset(ctx, c.Topic, c.Partition, json.RawMessage(`"latest"`))
			if err != nil {
				return nil, err
			}
			offset = offset.At(end)
		}
		opened, err := kgo.NewClient(d.options(kgo.FetchMaxWait(100*time.Millisecond), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{c.Topic: {c.Partition: offset}}))...)
		if err != nil {
			return nil, err
		}
		d.consumers[c.Consumer] = opened
		return nil, nil
	case "join":
		balancer := map[string]kgo.GroupBalancer{"range": kgo.RangeBalancer(), "roundrobin": kgo.RoundRobinBalancer(), "cooperative-sticky": kgo.CooperativeStickyBalancer()}[c.Assignor]
		if balancer == nil {
			return nil, fmt.Errorf("assignor %s", c.Assignor)
		}
		options := []kgo.Opt{
			kgo.FetchMaxWait(100 * time.Millisecond), kgo.ConsumerGroup(c.Group), kgo.ConsumeTopics(c.Topics...), kgo.DisableAutoCommit(), kgo.Balancers(balancer),
			kgo.SessionTimeout(time.Duration(c.SessionTimeout) * time.Millisecond), kgo.HeartbeatInterval(500 * time.Millisecond),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		}
		if c.InstanceID != nil {
			options = append(options, kgo.InstanceID(*c.InstanceID))
		}
		tracked := &assignment{partitions: map[string]map[int32]bool{}}
		options = append(options, kgo.OnPartitionsAssigned(tracked.add), kgo.OnPartitionsRevoked(tracked.remove), kgo.OnPartitionsLost(tracked.remove))
		joined, err := kgo.NewClient(d.options(options...)...)
		if err != nil {
			return nil, err
		}
		d.consumers[c.Consumer], d.assigned[c.Consumer] = joined, tracked
		return nil, nil
	case "poll":
		return poll(d.consumers[c.Consumer], c.Count, time.Duration(c.TimeoutMs)*time.Millisecond)
	case "assignment":
		return d.assigned[c.Consumer].pairs(), nil
	case "seek":
		d.consumers[c.Consumer].SetOffsets(map[string]map[int32]kgo.EpochOffset{c.Topic: {c.Partition: {Epoch: -1, Offset: c.Offset}}})
		return nil, nil
	case "commit":
		joined := d.consumers[c.Consumer]
		var failure error
		place := map[string]map[int32]kgo.EpochOffset{c.Topic: {c.Partition: {Epoch: -1, Offset: c.Offset}}}
		joined.CommitOffsetsSync(ctx, place, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, done *kmsg.OffsetCommitResponse, err error) {
			failure = err
			if err == nil {
				failure = kerr.ErrorForCode(done.Topics[0].Partitions[0].ErrorCode)
			}
		})
		return nil, failure
	case "committed":
		found, err := d.admin.FetchOffsets(ctx, c.Group)
		if err != nil {
			return nil, err
		}
		place, ok := found.Lookup(c.Topic, c.Partition)
		if !ok || place.At < 0 {
			return nil, nil
		}
		return place.At, nil
	case "close":
		d.consumers[c.Consumer].Close()
		delete(d.consumers, c.Consumer)
		return nil, nil
	case "lag":
		found, err := d.admin.Lag(ctx, c.Group)
		if err != nil {
			return nil, err
		}
		lags := map[string]int64{}
		for partition, lag := range found[c.Group].Lag[c.Topic] {
			if lag.Commit.At >= 0 {
				lags[strconv.Itoa(int(partition))] = lag.Lag
			}
		}
		group := found[c.Group]
		return lags, group.Error()
	case "offset":
		return d.offset(ctx, c.Topic, c.Partition, c.At)
	case "describe_configs":
		var found kadm.ResourceConfigs
		var err error
		if c.Broker != nil {
			id, _ := strconv.Atoi(*c.Broker)
			found, err = d.admin.DescribeBrokerConfigs(ctx, int32(id))
		} else {
			found, err = d.admin.DescribeTopicConfigs(ctx, c.Topic)
		}
		if err != nil {
			return nil, err
		}
		values := map[string]*string{}
		for _, entry := range found[0].Configs {
			values[entry.Key] = entry.Value
		}
		return values, found[0].Err
	case "alter_config":
		change := kadm.AlterConfig{Op: kadm.SetConfig, Name: c.Key, Value: c.Value}
		if c.Value == nil {
			change.Op = kadm.DeleteConfig
		}
		var done kadm.AlterConfigsResponses
		var err error
		if c.Broker != nil {
			id, _ := strconv.Atoi(*c.Broker)
			done, err = d.admin.AlterBrokerConfigs(ctx, []kadm.AlterConfig{change}, int32(id))
		} else {
			done, err = d.admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{change}, c.Topic)
		}
		if err != nil {
			return nil, err
		}
		return nil, done[0].Err
	case "delete_records":
		offsets := kadm.Offsets{}
		offsets.Add(kadm.Offset{Topic: c.Topic, Partition: c.Partition, At: c.Offset, LeaderEpoch: -1})
		done, err := d.admin.DeleteRecords(ctx, offsets)
		if err != nil {
			return nil, err
		}
		place, _ := done.Lookup(c.Topic, c.Partition)
		return place.LowWatermark, place.Err
	case "groups":
		found, err := d.admin.ListGroups(ctx)
		if err != nil {
			return nil, err
		}
		return found.Groups(), nil
	case "describe_group":
		found, err := d.admin.DescribeGroups(ctx, c.Group)
		if err != nil {
			return nil, err
		}
		group := found[c.Group]
		members := []any{}
		for _, member := range group.Members {
			assignment := [][]any{}
			if assigned, ok := member.Assigned.AsConsumer(); ok {
				for _, topic := range assigned.Topics {
					for _, partition := range topic.Partitions {
						assignment = append(assignment, []any{topic.Topic, partition})
					}
				}
			}
			members = append(members, map[string]any{"client_id": member.ClientID, "instance_id": member.InstanceID, "assignment": assignment})
		}
		return map[string]any{"state": group.State, "assignor": group.Protocol, "members": members}, group.Err
	case "delete_group":
		done, err := d.admin.DeleteGroups(ctx, c.Group)
		if err != nil {
			return nil, err
		}
		return nil, done.Error()
	case "delete_offset":
		set := kadm.TopicsSet{}
		set.Add(c.Topic, c.Partition)
		done, err := d.admin.DeleteOffsets(ctx, c.Group, set)
		if err != nil {
			return nil, err
		}
		return nil, done[c.Topic][c.Partition]
	case "alter_offset":
		offsets := kadm.Offsets{}
		offsets.Add(kadm.Offset{Topic: c.Topic, Partition: c.Partition, At: c.Offset, LeaderEpoch: -1})
		return nil, d.admin.CommitAllOffsets(ctx, c.Group, offsets)
	case "cluster":
		found, err := d.admin.BrokerMetadata(ctx)
		if err != nil {
			return nil, err
		}
		return map[string]any{"cluster_id": found.Cluster, "brokers": found.Brokers.NodeIDs()}, nil
	case "log_dirs":
		found, err := d.admin.DescribeAllLogDirs(ctx, nil)
		if err != nil {
			return nil, err
		}
		names := []string{}
		for _, directories := range found {
			for _, directory := range directories {
				if directory.Err != nil {
					return nil, directory.Err
				}
				for topic, partitions := range directory.Topics {
					for partition := range partitions {
						names = append(names, fmt.Sprintf("%s-%d", topic, partition))
					}
				}
			}
		}
		sort.Strings(names)
		return names, nil
	}
	return nil, fmt.Errorf("unknown command %s", c.Op)
}

// assignment follows what the group gave to a member.
type assignment struct {
	sync.Mutex
	partitions map[string]map[int32]bool
}

func (a *assignment) add(_ context.Context, _ *kgo.Client, added map[string][]int32) {
	a.Lock()
	defer a.Unlock()
	for topic, partitions := range added {
		for _, partition := range partitions {
			if a.partitions[topic] == nil {
				a.partitions[topic] = map[int32]bool{}
			}
			a.partitions[topic][partition] = true
		}
	}
}

func (a *assignment) remove(_ context.Context, _ *kgo.Client, removed map[string][]int32) {
	a.Lock()
	defer a.Unlock()
	for topic, partitions := range removed {
		for _, partition := range partitions {
			delete(a.partitions[topic], partition)
		}
	}
}

func (a *assignment) pairs() [][]any {
	a.Lock()
	defer a.Unlock()
	pairs := [][]any{}
	for topic, partitions := range a.partitions {
		for partition := range partitions {
			pairs = append(pairs, []any{topic, partition})
		}
	}
	return pairs
}

func (d *driver) produce(ctx context.Context, c *wire.Command) (any, error) {
	codec := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}[c.Codec]
	options := []kgo.Opt{kgo.ProducerBatchCompression(codec), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(50 * time.Millisecond)}
	if !c.Idempotent {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	switch c.Acks {
	case "0":
		options = append(options, kgo.RequiredAcks(kgo.NoAck()))
	case "1":
		options = append(options, kgo.RequiredAcks(kgo.LeaderAck()))
	}
	producer, err := kgo.NewClient(d.options(options...)...)
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	records := []*kgo.Record{}
	for _, one := range c.Records {
		record := &kgo.Record{Topic: c.Topic, Partition: c.Partition, Key: wire.Unhex(one.Key), Value: wire.Unhex(one.Value)}
		if one.Timestamp != nil {
			record.Timestamp = time.UnixMilli(*one.Timestamp)
		}
		for _, header := range one.Headers {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: *header[0], Value: wire.Unhex(header[1])})
		}
		records = append(records, record)
	}
	offsets := []int64{}
	for _, done := range producer.ProduceSync(ctx, records...) {
		if done.Err != nil {
			return nil, done.Err
		}
		offsets = append(offsets, done.Record.Offset)
	}
	return map[string]any{"offsets": offsets}, nil
}

func poll(consumer *kgo.Client, count int, timeout time.Duration) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	records := []wire.Record{}
	for len(records) < count && ctx.Err() == nil {
		fetches := consumer.PollFetches(ctx)
		for _, failed := range fetches.Errors() {
			if failed.Err != context.DeadlineExceeded {
				return nil, failed.Err
			}
		}
		fetches.EachRecord(func(one *kgo.Record) {
			timestamp := one.Timestamp.UnixMilli()
			headers := []wire.Header{}
			for _, header := range one.Headers {
				headers = append(headers, wire.Header{&header.Key, wire.Hex(header.Value)})
			}
			records = append(records, wire.Record{Topic: one.Topic, Partition: one.Partition, Offset: one.Offset, Timestamp: &timestamp, Key: wire.Hex(one.Key), Value: wire.Hex(one.Value), Headers: headers})
		})
	}
	return records, nil
}

func (d *driver) offset(ctx context.Context, topic string, partition int32, at json.RawMessage) (int64, error) {
	var found kadm.ListedOffsets
	var err error
	var timestamp int64
	switch {
	case string(at) == `"earliest"`:
		found, err = d.admin.ListStartOffsets(ctx, topic)
	case string(at) == `"latest"`:
		found, err = d.admin.ListEndOffsets(ctx, topic)
	case string(at) == `"max_timestamp"`:
		found, err = d.admin.ListMaxTimestampOffsets(ctx, topic)
	default:
		if err := json.Unmarshal(at, &timestamp); err != nil {
			return 0, err
		}
		found, err = d.admin.ListOffsetsAfterMilli(ctx, timestamp, topic)
	}
	if err != nil {
		return 0, err
	}
	place, ok := found.Lookup(topic, partition)
	if !ok {
		return 0, fmt.Errorf("no answer for %s-%d", topic, partition)
	}
	return place.Offset, place.Err
}
