import { Injectable } from '@nestjs/common';
import { createECDH, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { EpochMs } from '@libs/bars';
import { DataSource } from 'typeorm';

/** How long a token is good for; push services take a day at most. */
const TOKEN_LASTS_MS = 12 * 3_600_000;

/** The keys by which push services know this desk. */
interface VapidPair {
  /** 65 bytes in Base64 for URLs: what browsers are given when they subscribe. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/**
 * The desk's name before push services (VAPID, RFC 8292). The keys are made once and kept in the database, where every
 * instance finds the same ones: with others no browser that subscribed could be reached any more.
 */
@Injectable()
export class VapidKeys {
  private pair: Promise<VapidPair> | null = null;

  constructor(private readonly dataSource: DataSource) {}

  async publicKey(): Promise<string> {
    return (await this.read()).publicKey;
  }

  /** Value of `Authorization` for a push service. `contact`: a `mailto:` or `https:` URL. */
  async authorization(endpoint: string, contact: string, nowMs: EpochMs): Promise<string> {
    const { publicKey, privateKey } = await this.read();
    const claims = {
      aud: new URL(endpoint).origin,
      exp: Math.floor((nowMs + TOKEN_LASTS_MS) / 1_000),
      sub: contact,
    };
    const signed = [{ typ: 'JWT', alg: 'ES256' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `vapid t=${signed}.${signature.toString('base64url')}, k=${publicKey}`;
  }

  private read(): Promise<VapidPair> {
    const reading = this.pair ?? this.readOrMake();
    this.pair = reading;
    reading.catch(() => {
      // The database is away; it is asked again next time.
      if (this.pair === reading) this.pair = null;
    });
    return reading;
  }

  private async readOrMake(): Promise<VapidPair> {
    const made = createECDH('prime256v1');
    const offer = [made.generateKeys('base64url'), made.getPrivateKey('base64url')];
    await this.dataSource.query(
      'INSERT INTO push_identity (public_key, private_key) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      offer,
    );
    const [kept] = await this.dataSource.query<[{ public_key: string; private_key: string }]>(
      'SELECT public_key, private_key FROM push_identity',
    );
    const { public_key: publicKey, private_key: d } = kept;
    const point = Buffer.from(publicKey, 'base64url');
    const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)];
    const privateKey = createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y, d } });
    return { publicKey, privateKey };
  }
}
