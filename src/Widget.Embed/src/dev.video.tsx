/** Video calls for the playground: every phase, with a drawn avatar and no server. */
import { signal } from '@preact/signals';
import type { LiveCall } from './app/call';
import type { Store } from './app/store';
import type { VideoEnd, VideoModel, VideoPhase } from './video/model';
import type { DeviceErrors } from './media/deviceError';
import { Stage } from './video/components/Stage';
import { addSheets } from './app/styles/sheets';
import { callStyle } from './call/style';
import { videoStyle } from './video/style';

export interface VideoState {
  phase: VideoPhase;
  position?: number;
  slow?: boolean;
  green?: boolean;
  frame?: string;
  camera?: boolean;
  caption?: string;
  remaining?: number;
  deviceErrors?: DeviceErrors;
  end?: VideoEnd;
  /** On a phone, the call hides the thread. */
  hidesThread?: boolean;
}

export function fakeVideoCall(store: Store, state: VideoState): LiveCall {
  addSheets(store.host.shadow, callStyle, videoStyle);
  const noop = (): void => undefined;
  const on = signal({ microphone: !state.deviceErrors?.microphone, camera: state.camera ?? true });
  const call: VideoModel = {
    phase: signal(state.phase),
    position: signal(state.position),
    slow: signal(state.slow ?? false),
    avatar: signal(state.phase === 'live' && !state.frame ? { video: face(state.green ?? false) } : undefined),
    greenScreen: signal(state.green ?? false),
    frame: signal(state.frame),
    frameCamera: state.camera ?? true,
    messages: signal(!state.frame),
    ownPicture: signal(on.value.camera && state.phase !== 'over' ? face(false, '#48617a') : undefined),
    on,
    deviceErrors: signal(state.deviceErrors ?? {}),
    caption: signal(state.caption ? { speaker: 'assistant' as const, text: state.caption } : undefined),
    speaking: signal(state.caption ? ('assistant' as const) : undefined),
    elapsed: signal(600 - (state.remaining ?? 480)),
    remaining: signal(state.phase === 'live' ? (state.remaining ?? 480) : undefined),
    end: signal(state.end),
    joinWithoutMicrophone: noop,
    retryDevices: noop,
    toggle: (kind) => {
      on.value = { ...on.value, [kind]: !on.value[kind] };
    },
    frameLoaded: noop,
    choose: () => Promise.resolve(),
    deviceId: () => undefined,
    interrupt: noop,
    hangUp: noop,
    callAgain: noop,
    close: noop,
    talk: noop,
  };
  const hidesThread = signal((state.hidesThread ?? state.phase !== 'over') && matchMedia('(max-width: 480px)').matches);
  return {
    mode: 'video',
    View: () => <Stage call={call} panel={store} hidesThread={hidesThread} />,
    active: signal(state.phase !== 'over'),
    hidesThread,
    say: () => false,
    handleEvent: noop,
    destroy: noop,
  };
}

/** A nodding head in front of a wall or a green screen. */
function face(green: boolean, wall = '#8fa6b5'): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 400 });
  const pen = canvas.getContext('2d');
  let tick = 0;
  const draw = (): void => {
    if (!pen) return;
    const y = 150 + Math.sin(tick++ / 10) * 6;
    pen.fillStyle = green ? 'rgb(0,255,155)' : wall;
    pen.fillRect(0, 0, 640, 400);
    pen.fillStyle = '#3b4a63';
    pen.fillRect(210, y + 100, 220, 300);
    pen.fillStyle = '#d9a887';
    pen.beginPath();
    pen.ellipse(320, y, 70, 92, 0, 0, Math.PI * 2);
    pen.fill();
    requestAnimationFrame(draw);
  };
  draw();
  const [track] = canvas.captureStream(15).getVideoTracks();
  if (!track) throw new Error('The canvas has no video track.');
  return track;
}
