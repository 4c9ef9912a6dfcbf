import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { duration } from '../../app/duration';
import { fill } from '../../app/i18n';
import type { Call } from '../call';
import { find, nameOf } from '../roomState';
import { isolate, meetWords } from '../words';
import { AgentTile } from './AgentTile';
import { Chat } from './Chat';
import { Controls } from './Controls';
import { Devices } from './Devices';
import { IconButton } from './IconButton';
import { People } from './People';
import { OwnTile, Tile } from './Tile';

export type Side = 'people' | 'devices' | undefined;

const noticeTime = 6_000;

export function InCall({ call }: { call: Call }) {
  const t = meetWords.value;
  const side = useSignal<Side>(undefined);
  const others = call.others.value;
  const avatar = call.avatar.value;
  const failure = useSignal<'shown' | 'closed'>('shown');
  useEffect(() => {
    if (avatar?.state !== 'failed') failure.value = 'shown';
  }, [avatar?.state]);
  const showsAgent = !!avatar && avatar.state !== 'ended' && !(avatar.state === 'failed' && failure.value === 'closed');
  const count = others.length + 1 + (showsAgent ? 1 : 0);
  const alone = others.length === 0 && !showsAgent;
  const closeSide = (): void => {
    side.value = undefined;
  };
  return (
    <main
      class="call"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        call.openChat(false);
        closeSide();
      }}
    >
      <header class="bar">
        <h1>
          <bdi>{call.room.value.name ?? call.invitation.value?.company ?? t.title}</bdi>
        </h1>
        <RecordingMark call={call} />
        <Timer call={call} />
      </header>
      <Alerts call={call} />
      <div class="middle">
        <div class={`grid count-${Math.min(count, 10)} ${count > 4 ? 'crowd' : ''} ${alone ? 'alone' : ''}`}>
          {others.map((participant) => (
            <Tile key={participant.id} call={call} participant={participant} />
          ))}
          {showsAgent && <AgentTile call={call} avatar={avatar} onClose={() => (failure.value = 'closed')} />}
          {alone && (
            <div class="empty" role="status">
              <p>{t.alone}</p>
              {call.isHost.value && (
                <>
                  <p class="quiet">{t.aloneHost}</p>
                  <button type="button" class="secondary" onClick={() => void call.copyLink()}>
                    {t.copyLink}
                  </button>
                  {call.link.value && (
                    <label class="field">
                      <span class="quiet">{t.linkFor}</span>
                      <input readOnly value={call.link.value} onFocus={({ currentTarget }) => currentTarget.select()} />
                    </label>
                  )}
                </>
              )}
            </div>
          )}
          <OwnTile call={call} />
        </div>
        {call.chatOpen.value && <Chat call={call} />}
        {side.value === 'people' && <People call={call} close={closeSide} />}
        {side.value === 'devices' && (
          <aside class="side" aria-label={t.devices}>
            <header>
              <h2>{t.devices}</h2>
              <IconButton icon="close" label={t.close} class="small" onPress={closeSide} />
            </header>
            <Devices media={call.media} />
          </aside>
        )}
      </div>
      <Controls call={call} side={side} />
      <Consent call={call} />
    </main>
  );
}

function Timer({ call }: { call: Call }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const start = call.startedAt.value ?? now.value;
  return <time class="timer">{duration(Math.floor((now.value - start) / 1_000))}</time>;
}

function RecordingMark({ call }: { call: Call }) {
  const t = meetWords.value;
  const recording = call.recording.value;
  if (recording?.state !== 'recording' && recording?.state !== 'paused') return null;
  return (
    <span class={`recording ${recording.state}`} role="status">
      {recording.state === 'recording' ? t.recording : t.recordingPaused}
    </span>
  );
}

/** Who wants to come in, and what has happened. */
function Alerts({ call }: { call: Call }) {
  const t = meetWords.value;
  const notice = call.notice.value;
  const recording = call.recording.value?.state;
  const hasDeclined = call.self.value?.consent === false;
  const waitsForConsent = recording === 'waiting_for_consent' || (recording === 'paused' && !hasDeclined);
  useEffect(() => {
    if (!notice) return undefined;
    const timer = setTimeout(() => (call.notice.value = undefined), noticeTime);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="alerts">
      {!call.connection.online.value && (
        <p class="alert" role="status">
          {t.reconnecting}
        </p>
      )}
      {call.isHost.value &&
        call.waitingOthers.value.map((person) => (
          <p class="alert" role="alert" key={person.id}>
            <span>{fill(t.wantsIn, { name: isolate(nameOf(person, t.guest)) })}</span>
            <span class="buttons">
              <button type="button" class="primary" onClick={() => void call.ask('Admit', person.id)}>
                {t.admit}
              </button>
              <button type="button" class="secondary" onClick={() => void call.ask('Decline', person.id)}>
                {t.decline}
              </button>
            </span>
          </p>
        ))}
      {waitsForConsent && (
        <p class="alert consent-waits" role="status">
          {t.consentWaiting}
        </p>
      )}
      {recording === 'paused' && hasDeclined && (
        <p class="alert" role="status">
          <span>{t.consentDeclined}</span>
          <button type="button" class="primary" onClick={() => void call.ask('Consent', true)}>
            {t.agree}
          </button>
        </p>
      )}
      {notice && (
        <p class="alert" role="status">
          {t[`notice_${notice}`]}
        </p>
      )}
      <Problems call={call} />
    </div>
  );
}

/** A device that could not be opened during the call. */
function Problems({ call }: { call: Call }) {
  const t = meetWords.value;
  const { microphone, camera } = call.media.problems.value;
  const problem = microphone
    ? { text: t[`microphone_${microphone.error}`], name: microphone.name }
    : camera
      ? { text: t[`camera_${camera.error}`], name: camera.name }
      : undefined;
  if (!problem) return null;
  return (
    <p class="alert" role="status">
      <span>
        {problem.text} <small>{fill(t.browserSays, { name: problem.name })}</small>
      </span>
      <IconButton icon="close" class="small" label={t.close} onPress={() => (call.media.problems.value = {})} />
    </p>
  );
}

/** The question whether the call may be recorded. */
function Consent({ call }: { call: Call }) {
  const t = meetWords.value;
  const recording = call.recording.value;
  const self = call.self.value;
  const dialog = useRef<HTMLDivElement>(null);
  // Who comes while a call is recorded pauses the recording until they agree.
  const asks =
    (recording?.state === 'waiting_for_consent' || recording?.state === 'paused') && typeof self?.consent !== 'boolean';
  // Focuses the dialog, not a button: somebody who is writing could press the button without having read the question.
  useEffect(() => {
    if (asks) dialog.current?.focus();
  }, [asks]);
  if (!asks) return null;
  const who = nameOf(find(call.room.value, recording.by), t.host);
  return (
    <div class="veil">
      <div
        class="card narrow"
        ref={dialog}
        tabIndex={-1}
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="consent-title"
      >
        <h2 id="consent-title">{t.consentTitle}</h2>
        <p>{fill(t.consentText, { name: isolate(who) })}</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={() => void call.ask('Consent', true)}>
            {t.agree}
          </button>
          <button type="button" class="secondary" onClick={() => void call.ask('Consent', false)}>
            {t.disagree}
          </button>
        </div>
      </div>
    </div>
  );
}
