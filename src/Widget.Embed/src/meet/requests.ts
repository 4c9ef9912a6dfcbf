/** Requests of the call page. */
import { request } from '../app/api';
import { locale } from '../app/i18n';
import type { ChatMessage, Invitation } from './contract';

/** What the page's HTML says: the company whose visitors may start a call of their own. */
export interface PageFacts {
  token?: string | undefined;
  siteKey?: string | undefined;
  company?: string | undefined;
}

interface RoomAnswer {
  roomId: string;
  link?: { token: string } | null;
}

export async function readInvitation(api: string, token: string): Promise<Invitation> {
  const response = await request(api, `/api/video/rooms/join?token=${encodeURIComponent(token)}`);
  return (await response.json()) as Invitation;
}

/** Opens a room of the visitor's own, in which the visitor is the host. Returns the token of the host. */
export async function createRoom(api: string, siteKey: string): Promise<string> {
  const opened = await request(api, '/api/widget/session', {
    body: { siteKey, page: location.href.slice(0, 2_000), locale: locale.value, ...rememberedVisitor() },
  });
  const session = (await opened.json()) as { token: string; visitorId: string };
  remember(session.visitorId);
  const created = await request(api, '/api/video/rooms', { token: session.token, body: {} });
  const { link } = (await created.json()) as RoomAnswer;
  if (!link) throw new Error('The room has no link.');
  return link.token;
}

export async function iceServers(api: string, token: string): Promise<RTCIceServer[]> {
  const response = await request(api, '/api/webrtc/config', { token });
  return ((await response.json()) as { iceServers: RTCIceServer[] }).iceServers;
}

/** A link for another person. */
export async function guestLink(api: string, token: string, roomId: string): Promise<string> {
  const response = await request(api, `/api/video/rooms/${encodeURIComponent(roomId)}/links`, {
    token,
    body: { role: 'guest', minutes: 60 },
  });
  return ((await response.json()) as { url: string }).url;
}

/** Sends a message while the hub cannot be reached. */
export async function postMessage(api: string, token: string, roomId: string, message: ChatMessage): Promise<void> {
  const { name, text, timestamp, messageId } = message;
  await request(api, '/api/chat/messages', { token, body: { roomId, from: name, text, timestamp, messageId } });
}

const visitorKey = 'widget:meet:visitor';
const joinedKey = 'widget:meet:joined:';

function rememberedVisitor(): { visitorId?: string } {
  try {
    const visitorId = localStorage.getItem(visitorKey);
    return visitorId ? { visitorId } : {};
  } catch {
    return {};
  }
}

/**
 * The token of a person who has joined with this link in this tab; without one, the link's own. A link can be opened for some minutes only,
 * and a reload must work later, too.
 */
export function tokenBehind(link: string): string {
  try {
    return sessionStorage.getItem(joinedKey + link) ?? link;
  } catch {
    return link;
  }
}

export function keepToken(link: string, token: string): void {
  try {
    sessionStorage.setItem(joinedKey + link, token);
  } catch {
    // Storage is blocked. A reload works as long as the link does.
  }
}

function remember(visitorId: string): void {
  try {
    localStorage.setItem(visitorKey, visitorId);
  } catch {
    // Storage is blocked. The next call is that of a new visitor.
  }
}
