/** Video calls for the playground: every phase, with a drawn avatar and no server. */
import { signal } from '@preact/signals';
import type { LiveCall } from './app/call';
import type { Store } from './app/store';
import type { VideoEnd, VideoModel, VideoPhase } from './video/model';
import type { Troubles } from './media/trouble';
import { Stage } from './video/components/Stage';
import { addSheets } from './app/styles/sheets';
import { callStyle } from './call/style';
import { videoStyle } from './video/style';

export interface PlayedCall {
  phase: VideoPhase;
  position?: number;
  slow?: boolean;
  green?: boolean;
  frame?: string;
  camera?: boolean;
  caption?: string;
  remaining?: number;
  troubles?: Troubles;
  end?: VideoEnd;
  /** On a phone, the call hides the thread. */
  alone?: boolean;
}

export function playCall(store: Store, played: PlayedCall): LiveCall {
  addSheets(store.host.shadow, callStyle, videoStyle);
  const nothing = (): void => undefined;
  const on = signal({ microphone: !played.troubles?.microphone, camera: played.camera ?? true });
  const call: VideoModel = {
    phase: signal(played.phase),
    position: signal(played.position),
    slow: signal(played.slow ?? false),
    avatar: signal(played.phase === 'live' && !played.frame ? { video: face(played.green ?? false) } : undefined),
    greenScreen: signal(played.green ?? false),
    frame: signal(played.frame),
    ownPicture: signal(on.value.camera && played.phase !== 'over' ? face(false, '#48617a') : undefined),
    on,
    troubles: signal(played.troubles ?? {}),
    caption: signal(played.caption ? { speaker: 'assistant' as const, text: played.caption } : undefined),
    speaking: signal(played.caption ? ('assistant' as const) : undefined),
    elapsed: signal(600 - (played.remaining ?? 480)),
    remaining: signal(played.phase === 'live' ? (played.remaining ?? 480) : undefined),
    end: signal(played.end),
    joinWithoutMicrophone: nothing,
    askAgain: nothing,
    toggle: (kind) => {
      on.value = { ...on.value, [kind]: !on.value[kind] };
    },
    choose: () => Promise.resolve(),
    deviceId: () => undefined,
    interrupt: nothing,
    hangUp: nothing,
    again: nothing,
    close: nothing,
    talk: nothing,
  };
  const alone = signal((played.alone ?? played.phase !== 'over') && matchMedia('(max-width: 480px)').matches);
  return {
    mode: 'video',
    View: () => <Stage call={call} panel={store} alone={alone} />,
    active: signal(played.phase !== 'over'),
    alone,
    say: () => false,
    handleEvent: nothing,
    destroy: nothing,
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
