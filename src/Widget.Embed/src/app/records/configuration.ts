/** The company's configuration of the widget. */
import type { Trigger } from '../../contract';

export interface Theme {
  color: string;
  position: 'right' | 'left';
  scheme: 'auto' | 'light' | 'dark';
}

export type Day = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** When people of the company answer. */
export interface Availability {
  open: boolean;
  /** When they answer next; null while they do. */
  opensAt: string | null;
  /** An IANA time zone. */
  timeZone: string;
  /** How soon a person usually answers during these hours. */
  replyMinutes: number | null;
  /** In the company's time zone, as 09:00. */
  hours: { day: Day; from: string; to: string }[];
}

/** The company's own texts in one language. What is missing is taken from the texts without a language. */
export interface Translation {
  greeting?: string | null;
  introduction?: string | null;
  suggestedQuestions?: string[];
}

export interface Config {
  tenantName: string;
  agentName: string;
  greeting: string | null;
  /** What the assistant can do, in one or two sentences. */
  introduction?: string | null;
  /** By language: en, de, es or ar. */
  translations?: Partial<Record<string, Translation>>;
  logoUrl?: string | null;
  /** The agent's picture. */
  portraitUrl?: string | null;
  /** Null for the company's own assistant. */
  agentId?: string | null;
  /** Whether the visitor can choose an agent. */
  canChooseAgent?: boolean;
  /** Null if the company has not set its hours. */
  availability?: Availability | null;
  /** Whether a transcript can be sent by e-mail. */
  transcripts?: boolean;
  suggestedQuestions: string[];
  theme: Theme;
  locale: string;
  contactUrl: string | null;
  /** Path of the hosted page of the widget. */
  hostedUrl: string | null;
  modes: string[];
  /** Whose voice reads answers aloud; null if the tenant does not offer it. */
  speech: { source: 'server' | 'browser' } | null;
  /**
   * Who turns dictation into text; null if the tenant does not offer it. The recipient is the host that receives the audio; null if the
   * browser's maker receives it.
   */
  dictation: { source: 'server' | 'browser'; recipient: string | null } | null;
  /** Meetings with the company: booked here, or at an address of another calendar system. */
  meetings?: { enabled: boolean; url?: string | null } | null;
  /** Whether there are demos, and prices, to show. */
  hasDemos?: boolean;
  hasPrices?: boolean;
  /** Whether files can be sent to people. */
  attachments?: boolean;
  /** Asked before the first message. */
  preChat?: { fields: PreChatField[] } | null;
  /** Asked once, below an answer that offers a meeting, a price or a demo. */
  questions?: Question[];
  triggers?: Trigger[] | null;
}

export interface PreChatField {
  /** `name`, `email`, `phone`, or the key of a question. */
  field: string;
  required?: boolean;
}

/** A question of the company. */
export interface Question {
  key: string;
  text: string;
  /** By language: en, de, es or ar. */
  texts?: Partial<Record<string, string>>;
  kind: 'choice' | 'number' | 'text' | 'boolean';
  /** To choose from; empty if the answer is not chosen. */
  answers?: { value: string; label?: string | null; labels?: Partial<Record<string, string>> }[] | null;
}
