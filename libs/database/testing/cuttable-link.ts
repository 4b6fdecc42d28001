import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to the connection on which the next commit is sent. */
export type Cut = 'before the commit arrives' | 'before its answer arrives';

/** A way to a PostgreSQL server that breaks at the worst moment. */
export class CuttableLink {
  #cut: Cut | undefined;
  #staysDown = false;
  #isDown = false;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** @param url - of a database, over TCP and without TLS */
  static async to(url: string): Promise<CuttableLink> {
    const target = new URL(url);
    const server = createServer();
    const link = new CuttableLink(server, target);
    server.on('connection', (socket) => {
      link.#join(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  /** The URL of the database by this way. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Breaks at the next commit, for that connection or for good. */
  cutAtCommit(cut: Cut, forGood = false): void {
    this.#cut = cut;
    this.#staysDown = forGood;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #join(near: Socket): void {
    if (this.#isDown) {
      near.destroy();
      return;
    }
    const far = connect(Number(this.target.port), this.target.hostname);
    let isCommitting = false;
    const end = (): void => {
      if (isCommitting) {
        this.#cut = undefined;
        this.#isDown = this.#staysDown;
      }
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    near.on('data', (chunk) => {
      isCommitting = this.#cut !== undefined && chunk.includes('COMMIT');
      if (isCommitting && this.#cut === 'before the commit arrives') end();
      else far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (isCommitting) end();
      else near.write(chunk);
    });
  }
}
