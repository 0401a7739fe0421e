// Sends remote write 2.0 with Prometheus' own client library: one request that is all good, and one
// with a series that has no name and a histogram that does not add up. For each it prints what the
// library made of the answer, as a line of JSON.
//
// usage: sender URL NOW_MS
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/exp/api/remote"
	writev2 "github.com/prometheus/client_golang/exp/api/remote/genproto/v2"
)

type answer struct {
	Samples, Histograms, Exemplars int
	Error                          string
}

func send(api *remote.API, symbols *writev2.SymbolsTable, series ...*writev2.TimeSeries) {
	request := &writev2.Request{Symbols: symbols.Symbols(), Timeseries: series}
	stats, err := api.Write(context.Background(), remote.WriteV2MessageType, request)
	out := answer{stats.Samples, stats.Histograms, stats.Exemplars, ""}
	if err != nil {
		out.Error = err.Error()
	}
	line, _ := json.Marshal(out)
	fmt.Println(string(line))
}

func histogram(now int64, count uint64) *writev2.Histogram {
	return &writev2.Histogram{
		Count:          &writev2.Histogram_CountInt{CountInt: count},
		ZeroCount:      &writev2.Histogram_ZeroCountInt{ZeroCountInt: 1},
		Sum:            7.5,
		ZeroThreshold:  0.001,
		PositiveSpans:  []*writev2.BucketSpan{{Offset: 2, Length: 2}},
		PositiveDeltas: []int64{3, -1},
		ResetHint:      writev2.Histogram_RESET_HINT_YES,
		Timestamp:      now,
	}
}

func main() {
	api, err := remote.NewAPI(os.Args[1], remote.WithAPIPath("api/v1/write"))
	if err != nil {
		panic(err)
	}
	now, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err != nil {
		panic(err)
	}
	symbols := writev2.NewSymbolTable()
	labels := func(pairs ...string) []uint32 { return symbols.SymbolizeLabels(pairs, nil) }
	requests := &writev2.TimeSeries{
		LabelsRefs: labels("__name__", "sent_requests_total", "job", "go"),
		Samples:    []*writev2.Sample{{Value: 4, Timestamp: now - 1000}, {Value: 5, Timestamp: now}},
		Exemplars: []*writev2.Exemplar{{
			LabelsRefs: labels("trace_id", "0af7651916cd43dd8448eb211c80319c", "user", "7"),
			Value:      0.25, Timestamp: now - 500}},
		Metadata: &writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_COUNTER,
			HelpRef: symbols.Symbolize("Requests sent.")},
	}
	native := &writev2.TimeSeries{
		LabelsRefs: labels("__name__", "sent_latency", "job", "go"),
		Histograms: []*writev2.Histogram{histogram(now, 6)},
	}
	send(api, &symbols, requests, native)

	nameless := &writev2.TimeSeries{
		LabelsRefs: labels("job", "go"),
		Samples:    []*writev2.Sample{{Value: 1, Timestamp: now}},
	}
	requests.Samples = []*writev2.Sample{{Value: 6, Timestamp: now + 1000}}
	requests.Exemplars = nil
	native.Histograms = []*writev2.Histogram{histogram(now+1000, 7)}
	send(api, &symbols, nameless, requests, native)
}
