import type { JsonNode } from '../../src/sql/formats/jsonText.ts';
import { jsonText } from '../../src/sql/formats/jsonText.ts';
import { jsonSerde } from '../../src/sql/formats/json.ts';
import { kafkaSerde } from '../../src/sql/formats/kafka.ts';
import type { Column, Payload } from '../../src/sql/formats/serde.ts';

/** Values of cases in the form of Kafka's own serializers, typed by the only column. */
export const kafkaNode = {
  write: (node: JsonNode, columns: readonly Column[]): Payload => {
    const options = { columns, isUnwrapped: true, delimiter: ',' };
    return kafkaSerde(options).serialise(jsonSerde(options).deserialise(jsonText(node)));
  },
};
