import type { WasmMemory } from './web-assembly.js';

/** Ends a program that asks to end. */
export class ProgramEnd extends Error {
  constructor(readonly code: number) {
    super(`the program ended with ${code}`);
    this.name = 'ProgramEnd';
  }
}

const OK = 0;
const BAD_FILE = 8;
const NOT_SUPPORTED = 58;
const FIRST_FILE = 4;
const FOLDER = 3;
const FOLDER_NAME = '/out';
const REGULAR_FILE = 4;
const DIRECTORY = 3;
/** Most a program may write: a minute and a half of speech. */
const LARGEST_FILE_BYTES = 4_000_000;

interface OpenFile {
  bytes: Uint8Array;
  size: number;
  position: number;
}

/**
 * As much of WASI (preview 1) as a program needs that turns arguments into one file: no file system, no network, no
 * environment, and a clock that stands still. What it writes stays in memory.
 */
export class MemoryWasi {
  /** Set once the program is instantiated. */
  memory: WasmMemory | null = null;
  private readonly args: readonly Uint8Array[];
  private readonly files: OpenFile[] = [];

  constructor(args: readonly string[]) {
    const encoder = new TextEncoder();
    this.args = args.map((arg) => encoder.encode(`${arg}\0`));
  }

  /** What was written to the file opened first; empty for none. */
  get output(): Uint8Array {
    const [file] = this.files;
    return file === undefined ? new Uint8Array() : file.bytes.slice(0, file.size);
  }

  readonly imports = {
    wasi_snapshot_preview1: {
      args_sizes_get: (count: number, size: number): number => {
        this.view.setUint32(count, this.args.length, true);
        this.view.setUint32(
          size,
          this.args.reduce((sum, { length }) => sum + length, 0),
          true,
        );
        return OK;
      },
      args_get: (pointers: number, start: number): number => {
        let at = start;
        this.args.forEach((arg, index) => {
          this.view.setUint32(pointers + index * 4, at, true);
          this.bytes.set(arg, at);
          at += arg.length;
        });
        return OK;
      },
      clock_time_get: (_id: number, _precision: bigint, at: number): number => {
        this.view.setBigUint64(at, 0n, true);
        return OK;
      },
      fd_close: (): number => OK,
      fd_fdstat_get: (fd: number, at: number): number => {
        this.bytes.fill(0, at, at + 24);
        this.view.setUint8(at, fd === FOLDER ? DIRECTORY : REGULAR_FILE);
        this.view.setBigUint64(at + 8, 0xffff_ffffn, true);
        this.view.setBigUint64(at + 16, 0xffff_ffffn, true);
        return OK;
      },
      fd_fdstat_set_flags: (): number => OK,
      fd_prestat_get: (fd: number, at: number): number => {
        if (fd !== FOLDER) return BAD_FILE;
        this.view.setUint32(at, 0, true);
        this.view.setUint32(at + 4, FOLDER_NAME.length, true);
        return OK;
      },
      fd_prestat_dir_name: (fd: number, at: number): number => {
        if (fd !== FOLDER) return BAD_FILE;
        this.bytes.set(new TextEncoder().encode(FOLDER_NAME), at);
        return OK;
      },
      fd_read: (_fd: number, _vectors: number, _count: number, read: number): number => {
        this.view.setUint32(read, 0, true);
        return OK;
      },
      fd_seek: (fd: number, offset: bigint, whence: number, at: number): number => {
        const file = this.files[fd - FIRST_FILE];
        if (file === undefined) return BAD_FILE;
        const from = whence === 0 ? 0 : whence === 1 ? file.position : file.size;
        file.position = Math.max(0, from + Number(offset));
        this.view.setBigUint64(at, BigInt(file.position), true);
        return OK;
      },
      fd_write: (fd: number, vectors: number, count: number, written: number): number => {
        const file = this.files[fd - FIRST_FILE];
        let total = 0;
        for (let index = 0; index < count; index++) {
          const from = this.view.getUint32(vectors + index * 8, true);
          const length = this.view.getUint32(vectors + index * 8 + 4, true);
          // What it prints is let go.
          if (file !== undefined) write(file, this.bytes.subarray(from, from + length));
          total += length;
        }
        this.view.setUint32(written, total, true);
        return OK;
      },
      path_open: (
        ...given: [number, number, number, number, number, bigint, bigint, number, number]
      ): number => {
        const opened = given[8];
        if (this.files.length > 0) return NOT_SUPPORTED;
        this.files.push({ bytes: new Uint8Array(65_536), size: 0, position: 0 });
        this.view.setUint32(opened, FIRST_FILE + this.files.length - 1, true);
        return OK;
      },
      proc_exit: (code: number): never => {
        throw new ProgramEnd(code);
      },
    },
  };

  private get bytes(): Uint8Array {
    return new Uint8Array(this.running.buffer);
  }

  private get view(): DataView {
    return new DataView(this.running.buffer);
  }

  private get running(): WasmMemory {
    if (this.memory === null) throw new Error('the program has no memory yet');
    return this.memory;
  }
}

function write(file: OpenFile, piece: Uint8Array): void {
  const end = file.position + piece.length;
  if (end > LARGEST_FILE_BYTES) throw new RangeError('the program writes too much');
  if (end > file.bytes.length) {
    const larger = new Uint8Array(Math.max(end, file.bytes.length * 2));
    larger.set(file.bytes.subarray(0, file.size));
    file.bytes = larger;
  }
  file.bytes.set(piece, file.position);
  file.position = end;
  file.size = Math.max(file.size, end);
}
