/** Events about demos, prices, tools, contact details and meetings. */
import type { Contact, EventBase } from './base';

/** Something that shows the product. */
export interface Demo {
  id: string;
  kind: 'video' | 'image' | 'slide' | 'page';
  url: string;
  /** The part of a video to play, in seconds. */
  start?: number | null;
  end?: number | null;
  /** The page of a document, from 1. */
  page?: number | null;
  title: string;
  description?: string | null;
}

export interface DemoShown extends EventBase {
  kind: 'demo_shown';
  demo: Demo;
}

export interface Price {
  id: string;
  name: string;
  description?: string | null;
  /** Null if it is on request. */
  amount: number | null;
  /** An ISO 4217 code. */
  currency: string | null;
  /** What the amount is for, such as "month". */
  per?: string | null;
  conditions?: string | null;
  url?: string | null;
}

export interface PricesShown extends EventBase {
  kind: 'prices_shown';
  items: Price[];
}

/** The assistant has used one of the company's own tools. */
export interface ToolCalled extends EventBase {
  kind: 'tool_called';
  /** As the company has named it, such as check_stock. */
  name: string;
  success: boolean;
}

/** A person of the company invites the visitor to a call. */
export interface CallInvited extends EventBase {
  kind: 'call_invited';
  roomId: string;
  name?: string | null;
  expiresAt?: string | null;
}

/** The call with a person is over. */
export interface CallOver extends EventBase {
  kind: 'call_ended';
  roomId: string;
  reason?: string | null;
  seconds?: number | null;
}

/** The visitor has chosen who answers. */
export interface AgentChosen extends EventBase {
  kind: 'agent_chosen';
  /** Null for the company's own assistant. */
  chosen?: { id: string; name: string } | null;
}

export type ShownEvent = DemoShown | PricesShown | ToolCalled | CallInvited | CallOver | AgentChosen;

/** The visitor has left an address, or has corrected it. */
export interface ContactGiven extends EventBase, Contact {
  kind: 'contact_given';
  name?: string | null;
}

/** The visitor does not want to leave an address. */
export interface ContactDeclined extends EventBase {
  kind: 'contact_declined';
}

export interface Meeting {
  meetingId: string;
  start: string;
  end: string;
  /** The IANA time zone in which the visitor booked. */
  timeZone: string;
  repName: string;
  /** Where the visitor can move or cancel the meeting. */
  manageUrl?: string | null | undefined;
}

export interface MeetingBooked extends EventBase, Meeting {
  kind: 'meeting_booked';
}

export interface MeetingRescheduled extends EventBase, Meeting {
  kind: 'meeting_rescheduled';
}

export interface MeetingCancelled extends EventBase {
  kind: 'meeting_cancelled';
  meetingId: string;
}
