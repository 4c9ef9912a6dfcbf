/** What several events have. */
export interface EventBase {
  seq: number;
  at: string;
  clientId: string | null;
}

/** A file in the conversation: a picture or a PDF. */
export interface Attachment {
  id: string;
  name: string;
  contentType: string;
  bytes: number;
  /** A path of the API. */
  url: string;
}

/** How to reach the visitor. */
export interface Contact {
  email?: string | null | undefined;
  /** With the country's code, as +4930123456. */
  phone?: string | null | undefined;
}

/** A passage that an answer cites. */
export interface Citation {
  number: number;
  title: string;
  url: string | null;
  headings: string[];
  page: number | null;
  text: string;
  origins: string[];
  /** Whether the document has been deleted since. */
  removed?: boolean;
}
