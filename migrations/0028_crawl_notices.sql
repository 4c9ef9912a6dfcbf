-- What a crawl left out or found suspicious, so that a source is never ready in silence.

alter table ingestion_jobs
  add column crawl_notices text[] not null default '{}';       -- one sentence each, for people

alter table ingestion_items
  add column finding           text check (finding in ('canonicalignored', 'duplicate', 'leadsaway', 'noindex', 'shownatunknownaddresses')),
  add column text_sample       bigint[],                       -- hashes of the text of a page that was set aside for its canonical page
  add column ignores_canonical boolean not null default false; -- the canonical page has another text, so this one keeps its address
