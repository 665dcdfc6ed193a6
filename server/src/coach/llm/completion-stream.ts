/** Characters of one line of the stream; a server that sends more is not one. */
const LONGEST_LINE = 65_536;

/** The pieces of text in a stream of chat completions (server-sent events with `choices[].delta.content`), as they come. */
export async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Error('a line of its answer does not end');
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const data = line.slice('data:'.length).trim();
      if (data === '[DONE]') return;
      yield pieceOf(data);
    }
  }
}

function pieceOf(data: string): string {
  const chunk = JSON.parse(data) as { choices?: { delta?: { content?: unknown } }[] } | null;
  const content = chunk?.choices?.[0]?.delta?.content;
  return typeof content === 'string' ? content : '';
}
