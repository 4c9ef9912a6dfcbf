import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Devices } from '../src/media/devices';

const asked: unknown[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('document', {});
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia: ({ audio }: { audio: { deviceId?: { exact: string } } }) => {
        asked.push(audio.deviceId?.exact);
        return audio.deviceId
          ? Promise.reject(new DOMException('', 'OverconstrainedError'))
          : Promise.resolve({ getTracks: () => [{ kind: 'audio', stop: () => undefined }] });
      },
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('a device that is gone', () => {
  const devices = (): Devices => new Devices(() => undefined, { camera: false, microphoneId: 'old' });

  it('is replaced by the default if it was chosen before the call', async () => {
    expect(await devices().open()).toEqual({});
    expect(asked).toEqual(['old', undefined]);
  });

  it('is reported if it is chosen in the call', async () => {
    expect(await devices().choose('microphone', 'other')).toBe('missing');
    expect(asked).toEqual(['other']);
  });
});
