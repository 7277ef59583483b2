//! Command-line tools: keld's verbs and Kafka's scripts by name, over the client.
