import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEnv } from '../../config/env.schema.js';
import { CostForecast, costOfResponse, costOfTranscription, type Usage } from './prices.js';

const { COACH_PRICES: prices } = parseEnv({});
const MOST_OUT = 1_024;

describe('prices', () => {
  test('a response is counted by kind, and its speech by seconds', () => {
    const usage = { input_token_details: { text_tokens: 1_000, audio_tokens: 100, cached_tokens: 500 } };
    expect(costOfResponse(usage, prices).usd).toBeCloseTo(0.0054, 10);
    expect(
      costOfResponse({ output_token_details: { audio_tokens: 10_000 }, total_tokens: 10_000 }, prices),
    ).toEqual({ usd: 0.64, tokens: 10_000, seconds: 500 });
  });

  test('writing down speech is counted by its tokens, or by its length', () => {
    expect(costOfTranscription({ type: 'duration', seconds: 2 }, prices)).toEqual({
      usd: 0.00064,
      tokens: 20,
      seconds: 2,
    });
    const usage = {
      type: 'tokens',
      total_tokens: 35,
      input_token_details: { audio_tokens: 20 },
      output_tokens: 15,
    } as const;
    expect(costOfTranscription(usage, prices)).toMatchObject({ tokens: 35, seconds: 2 });
    expect(costOfTranscription({}, prices)).toEqual({ usd: 0, tokens: 0, seconds: 0 });
  });

  test('other prices are taken from the settings', () => {
    const own = parseEnv({ COACH_PRICES: '0.6,10,0.06,2.4,20' }).COACH_PRICES;
    expect(costOfResponse({ output_token_details: { audio_tokens: 1e6 } }, own).usd).toBe(20);
  });

  test('what is foreseen is never less than what comes, however the provider counts it', () => {
    const tokens = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });
    const response = fc.record({
      text: tokens(300),
      audio: tokens(700),
      cachedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.record({ characters: tokens(4_000), response }), { maxLength: 20 }),
        (turns) => {
          const forecast = new CostForecast(prices, MOST_OUT);
          forecast.begin(9_000);
          let [text, audio] = [2_000, 0];
          for (const { characters, response: made } of turns) {
            forecast.addText(characters);
            text += Math.floor(characters / 4);
            const most = forecast.mostUsd('audio');
            forecast.asked();
            const usage: Usage = {
              input_token_details: {
                text_tokens: text,
                audio_tokens: audio,
                cached_tokens: Math.floor(text * made.cachedShare),
              },
              output_token_details: { text_tokens: made.text, audio_tokens: made.audio },
            };
            expect(costOfResponse(usage, prices).usd).toBeLessThanOrEqual(most + 1e-12);
            forecast.learn(usage);
            text += made.text;
            audio += made.audio;
          }
        },
      ),
    );
  });

  test('text answers are foreseen at the price of text', () => {
    const forecast = new CostForecast(prices, MOST_OUT);
    forecast.begin(0);
    expect(forecast.mostUsd('text')).toBeCloseTo((MOST_OUT * 24) / 1e6, 10);
    forecast.addSound(Buffer.alloc(48_000).toString('base64'));
    expect(forecast.mostUsd('text')).toBeCloseTo((MOST_OUT * 24 + 10 * 32) / 1e6, 10);
  });
});
