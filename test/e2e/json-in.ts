/** What stands in an answer's block of JSON. */
export function jsonIn<Value>(answer: string): Value {
  const text = /```json\n([\s\S]*?)\n```/.exec(answer)?.[1];
  if (text === undefined) throw new Error(`no JSON came back:\n${answer}`);
  return JSON.parse(text) as Value;
}
