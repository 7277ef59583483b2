package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"keld.invalid/tests/wire"
)

// What may be unacknowledged, so that a fault does not fill the memory; below the library's bound.
const pendingMax = 9000

// How long the end may take when a fault has just been healed.
const endTime = 75 * time.Second

// load writes numbered records until it is stopped, and notes what becomes of them.
type load struct {
	client   *kgo.Client
	stop     chan struct{}
	stopped  chan struct{}
	mutex    sync.Mutex
	sent     map[string]int64
	rows     [][4]int64
	failures map[string]int64
}

func startLoad(bootstrap string, c *wire.Command) (*load, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(bootstrap, ",")...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.RecordDeliveryTimeout(time.Minute))
	if err != nil {
		return nil, err
	}
	l := &load{client: client, stop: make(chan struct{}), stopped: make(chan struct{}), sent: map[string]int64{}, failures: map[string]int64{}}
	go l.run(c.Name, c.Topic, c.Places, c.PerSecond)
	return l, nil
}

func (l *load) run(name, topic string, places []int32, perSecond int64) {
	defer close(l.stopped)
	start, count := time.Now(), int64(0)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			ctx, cancel := context.WithTimeout(context.Background(), endTime)
			defer cancel()
			if err := l.client.Flush(ctx); err != nil {
				l.fail(err)
			}
			return
		case <-tick.C:
		}
		due := int64(time.Since(start).Seconds() * float64(perSecond))
		for ; count < due && l.client.BufferedProduceRecords() < pendingMax; count++ {
			l.send(name, topic, places[count%int64(len(places))])
		}
	}
}

func (l *load) send(name, topic string, partition int32) {
	place := strconv.Itoa(int(partition))
	l.mutex.Lock()
	sequence := l.sent[place]
	l.sent[place]++
	l.mutex.Unlock()
	value := fmt.Sprintf("%s %d %d %s", name, partition, sequence, strings.Repeat("x", int(sequence%200)))
	record := &kgo.Record{Topic: topic, Partition: partition, Value: []byte(value)}
	l.client.Produce(context.Background(), record, func(done *kgo.Record, err error) {
		if err != nil {
			l.fail(err)
			return
		}
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.rows = append(l.rows, [4]int64{int64(done.Partition), sequence, done.Offset, time.Now().UnixMilli()})
	})
}

func (l *load) fail(err error) {
	reason := err.Error()
	var known *kerr.Error
	if errors.As(err, &known) {
		reason = known.Message
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.failures[reason]++
}

func (l *load) status() any {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	counts := map[string]int64{}
	for _, row := range l.rows {
		counts[strconv.FormatInt(row[0], 10)]++
	}
	return map[string]any{"acknowledged": counts}
}

func (l *load) end() any {
	close(l.stop)
	<-l.stopped
	l.client.Close()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	rows := l.rows
	if rows == nil {
		rows = [][4]int64{}
	}
	return map[string]any{"sent": l.sent, "acknowledged": rows, "failed": l.failures}
}
