"""Prints every change of an outage's status, as consume-outages.ts does, with confluent-kafka.

The topic is compacted: it is read from its beginning at each start, and nothing is committed. So records come again: of one
outageId a record whose (log.offset, revision) is not greater than the last one's is a copy.
"""

import json
import os
import sys

from confluent_kafka import Consumer

consumer = Consumer(
    {
        "bootstrap.servers": os.environ.get("KAFKA_BROKERS") or "127.0.0.1:9093",
        "group.id": f"example-{os.getpid()}",
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
    }
)
consumer.subscribe([os.environ.get("OMS_TOPIC_PREFIX", "") + "oms.outages"])
last = {}
try:
    while True:
        message = consumer.poll(1.0)
        if message is None or (message.error() is None and message.value() is None):
            continue
        if message.error() is not None:
            print(message.error(), file=sys.stderr)
            continue
        outage = json.loads(message.value())
        version = (outage["log"]["offset"], outage["revision"])
        known_version, status = last.get(outage["outageId"], ((-1, 0), "new"))
        if version <= known_version:
            continue
        last[outage["outageId"]] = (version, outage["status"])
        if outage["status"] != status:
            print(f'{outage["outageId"]} on {outage["feederId"]}: {status} -> {outage["status"]}, {outage["customersOut"]} out')
except KeyboardInterrupt:
    pass
finally:
    consumer.close()
