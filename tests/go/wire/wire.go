// Package wire is the loop of JSON commands (tests/README.md) that the Go drivers share.
package wire

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
)

// Header is a record's header: name and hexadecimal bytes.
type Header [2]*string

// Record is a record as commands and answers show it; keys, values and headers are hexadecimal.
type Record struct {
	Topic     string   `json:"topic"`
	Partition int32    `json:"partition"`
	Offset    int64    `json:"offset"`
	Timestamp *int64   `json:"timestamp"`
	Key       *string  `json:"key"`
	Value     *string  `json:"value"`
	Headers   []Header `json:"headers"`
}

// From says where a reader starts.
type From struct {
	At        string `json:"at"`
	Offset    *int64 `json:"offset"`
	Timestamp *int64 `json:"timestamp"`
}

// Command is one line of standard input.
type Command struct {
	Op             string            `json:"op"`
	Bootstrap      string            `json:"bootstrap"`
	Topic          string            `json:"topic"`
	Topics         []string          `json:"topics"`
	Partition      int32             `json:"partition"`
	Partitions     int32             `json:"partitions"`
	Configs        map[string]string `json:"configs"`
	Codec          string            `json:"codec"`
	Idempotent     bool              `json:"idempotent"`
	Acks           string            `json:"acks"`
	Records        []Record          `json:"records"`
	Consumer       string            `json:"consumer"`
	From           From              `json:"from"`
	Count          int               `json:"count"`
	TimeoutMs      int               `json:"timeout_ms"`
	Group          string            `json:"group"`
	InstanceID     *string           `json:"instance_id"`
	Assignor       string            `json:"assignor"`
	SessionTimeout int               `json:"session_timeout_ms"`
	Offset         int64             `json:"offset"`
	At             json.RawMessage   `json:"at"`
	Key            string            `json:"key"`
	Value          *string           `json:"value"`
	Broker         *string           `json:"broker"`
	Name           string            `json:"name"`
	Places         []int32           `json:"places"`
	PerSecond      int64             `json:"per_second"`
}

// Unhex gives the bytes of hexadecimal text; nil for a null.
func Unhex(text *string) []byte {
	if text == nil {
		return nil
	}
	bytes, err := hex.DecodeString(*text)
	if err != nil {
		panic(err)
	}
	if bytes == nil {
		bytes = []byte{}
	}
	return bytes
}

// Hex gives hexadecimal text; null for nil.
func Hex(bytes []byte) *string {
	if bytes == nil {
		return nil
	}
	text := hex.EncodeToString(bytes)
	return &text
}

// Serve answers each line of standard input with one line of standard output.
func Serve(run func(*Command) (any, error)) {
	answers := os.Stdout
	os.Stdout = os.Stderr
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			os.Exit(0)
		}
		answer := map[string]any{}
		if result, err := safely(run, line); err != nil {
			answer["error"] = err.Error()
		} else {
			answer["ok"] = result
		}
		encoded, err := json.Marshal(answer)
		if err != nil {
			panic(err)
		}
		fmt.Fprintln(answers, string(encoded))
	}
}

func safely(run func(*Command) (any, error), line []byte) (result any, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	command := Command{Partitions: 1, Count: 1, TimeoutMs: 1000, Codec: "none", Acks: "all", Assignor: "range", SessionTimeout: 10000}
	if err := json.Unmarshal(line, &command); err != nil {
		return nil, err
	}
	return run(&command)
}
