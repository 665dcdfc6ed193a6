/** Ends one stream or socket in good order. */
export type EndConnection = () => void;

/** Open streams and sockets by the session they belong to, so that they end with it. */
export class SessionConnections {
  private readonly bySession = new Map<string, Set<EndConnection>>();

  /** Hashes of the sessions that hold something open. */
  get sessions(): readonly string[] {
    return [...this.bySession.keys()];
  }

  /** How many connections a session holds open. */
  countOf(sessionHash: string): number {
    return this.bySession.get(sessionHash)?.size ?? 0;
  }

  /** Remembers a connection. Returns what forgets it again, once it is closed. */
  add(sessionHash: string, end: EndConnection): () => void {
    const open = this.bySession.get(sessionHash) ?? new Set();
    this.bySession.set(sessionHash, open);
    open.add(end);
    return () => {
      open.delete(end);
      if (open.size === 0 && this.bySession.get(sessionHash) === open) this.bySession.delete(sessionHash);
    };
  }

  /** Ends everything a session holds open. */
  endAllOf(sessionHash: string): void {
    const open = this.bySession.get(sessionHash);
    this.bySession.delete(sessionHash);
    for (const end of open ?? []) end();
  }
}
