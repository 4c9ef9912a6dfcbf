-- What a crawl left out or found suspicious, so that a source is never ready in silence.

alter table ingestion_jobs
  add column crawl_notices text[] not null default '{}';       -- one sentence each, for people

alter table ingestion_items
  add column finding           text check (finding in ('canonicalignored', 'duplicate', 'leadsaway', 'noindex', 'shownatunknownaddresses')),
  add column text_sample       bigint[],                       -- hashes of the text of a page that was set aside for its canonical page
  add column ignores_canonical boolean not null default false; -- the canonical page has another text, so this one keeps its address

-- Each batch of a crawl looks for its pages by these two. They are columns, because ->> is not leakproof: with row-level security, an index
-- on the expressions would not be used. An index entry has space for 2,700 bytes. Addresses of pages are shorter, those of imported
-- documents may be longer.
alter table ingestion_items
  add column address   text generated always as
    (case when octet_length(document ->> 'url') <= 2400 then document ->> 'url' end) stored,
  add column aside_for text generated always as                -- the canonical page for which a page was set aside
    (case when octet_length(document ->> 'asideFor') <= 2400 then document ->> 'asideFor' end) stored;

create index on ingestion_items (tenant_id, job_id, address);
create index on ingestion_items (tenant_id, job_id, aside_for) where text_sample is not null;
