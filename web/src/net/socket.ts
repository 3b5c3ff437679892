/** An open or opening websocket, as much of it as the connection needs. */
export interface Socket {
  /** Bytes handed over and not yet on the wire. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(): void;
}

/** What a socket tells its one owner. After `closed` it tells nothing more. */
export interface SocketEvents {
  opened(): void;
  received(text: string): void;
  closed(code: number): void;
}

export type OpenSocket = (events: SocketEvents) => Socket;

/** Opens the browser's own websocket at `url`. */
export function browserSocket(url: string): OpenSocket {
  return (events) => {
    const socket = new WebSocket(url);
    socket.onopen = () => {
      events.opened();
    };
    socket.onmessage = (message) => {
      if (typeof message.data === 'string') events.received(message.data);
    };
    socket.onclose = (close) => {
      events.closed(close.code);
    };
    return socket;
  };
}

/** Where the gateway that served this page listens. */
export function socketUrl(page: URL | Location): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/ws`;
}
