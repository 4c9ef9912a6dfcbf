-- Knowledge: where documents come from, the documents, their passages, and what searching them needs.

-- Stemming per language, but with the stop words kept: short questions carry meaning in them ("how do I …"),
-- so the query weighs them down instead of dropping them.
do $$
declare
  language text;
begin
  foreach language in array array['english', 'german', 'spanish', 'french', 'italian', 'portuguese'] loop
    execute format('create text search dictionary widget_%1$s_stem (template = snowball, language = %1$s)', language);
    execute format('create text search configuration widget_%1$s (copy = %1$s)', language);
    execute format(
      'alter text search configuration widget_%1$s
         alter mapping for asciiword, word, asciihword, hword, hword_asciipart, hword_part with widget_%1$s_stem',
      language);
  end loop;
end
$$;

-- ISO 639-1 code to configuration: ours, which keeps stop words, and PostgreSQL's own, which drops them.
create function search_configuration(language text) returns regconfig
  language sql immutable parallel safe
  return case language
    when 'en' then 'widget_english'::regconfig
    when 'de' then 'widget_german'::regconfig
    when 'es' then 'widget_spanish'::regconfig
    when 'fr' then 'widget_french'::regconfig
    when 'it' then 'widget_italian'::regconfig
    when 'pt' then 'widget_portuguese'::regconfig
    else 'pg_catalog.simple'::regconfig
  end;

create function stopping_configuration(language text) returns regconfig
  language sql immutable parallel safe
  return case language
    when 'en' then 'pg_catalog.english'::regconfig
    when 'de' then 'pg_catalog.german'::regconfig
    when 'es' then 'pg_catalog.spanish'::regconfig
    when 'fr' then 'pg_catalog.french'::regconfig
    when 'it' then 'pg_catalog.italian'::regconfig
    when 'pt' then 'pg_catalog.portuguese'::regconfig
    else 'pg_catalog.simple'::regconfig
  end;

-- PostgreSQL's parser reads "wing/body" as one file path; a reader sees two words.
create function searchable(words text) returns text
  language sql immutable parallel safe
  return translate(words, '/\_', '   ');

create table sources (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  kind       text        not null check (kind in ('import', 'upload', 'page', 'site')),
  url        text        not null default '', -- a site's start page or site map; empty for the others
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, kind, url)
);

create table documents (
  tenant_id    uuid        not null,
  id           uuid        not null,
  source_id    uuid        not null,
  external_id  text        not null, -- the importer's id, the file's name or the page's address
  title        text        not null,
  url          text,
  language     text        not null,
  tags         text[]      not null default '{}',
  content_hash bytea       not null, -- of everything that went in, so that the unchanged costs nothing
  chunk_count  integer     not null,
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, source_id, external_id),
  foreign key (tenant_id, source_id) references sources on delete cascade
);

create table chunks (
  tenant_id   uuid     not null,
  id          uuid     not null,
  document_id uuid     not null,
  ordinal     integer  not null,
  text        text     not null,
  locator     jsonb    not null, -- {headings, page, fragment}: where in the document
  lexemes     tsvector not null, -- weight A: title and headings, counted three times
  length      integer  not null, -- sum of its term frequencies
  primary key (tenant_id, id),
  unique (tenant_id, document_id, ordinal),
  foreign key (tenant_id, document_id) references documents on delete cascade
);

-- The two search arms read narrow tables of their own, vectors inline: a scan of a small tenant then touches nothing else
-- (docs/decisions/0004-search-storage.md has the measurements).

create table chunk_terms (
  tenant_id uuid      not null,
  chunk_id  uuid      not null,
  weights   sparsevec not null, -- lexical_weights(…): BM25 without the query's part
  primary key (tenant_id, chunk_id),
  foreign key (tenant_id, chunk_id) references chunks on delete cascade
);
alter table chunk_terms alter weights set storage main;

create table chunk_embeddings (
  tenant_id uuid    not null,
  model     text    not null, -- models differ in dimension; rows of two models may stand side by side
  chunk_id  uuid    not null,
  embedding halfvec not null,
  primary key (tenant_id, model, chunk_id),
  foreign key (tenant_id, chunk_id) references chunks on delete cascade
);
alter table chunk_embeddings alter embedding set storage plain;
create index on chunk_embeddings (tenant_id, chunk_id);

-- BM25's statistics, kept exact in the transaction that changes the chunks.
create table lexicon (
  tenant_id   uuid    not null references tenants on delete cascade,
  dimension   integer not null, -- lexical_dimension(lexeme)
  chunk_count integer not null,
  primary key (tenant_id, dimension)
) with (fillfactor = 70);

create table knowledge_statistics (
  tenant_id      uuid    not null primary key references tenants on delete cascade,
  chunk_count    integer not null default 0,
  total_length   bigint  not null default 0,
  weighed_length real    not null default 1,   -- the average length that new chunk_terms.weights are made with
  settled_length real    not null default 1,   -- and the one that all of them were made with when they were last gone through
  languages      text[]  not null default '{}'
);

create table ingestion_jobs (
  tenant_id   uuid        not null,
  id          uuid        not null,
  source_id   uuid        not null,
  status      text        not null default 'queued'
              check (status in ('queued', 'fetching', 'extracting', 'embedding', 'ready', 'failed')),
  discovery   text        not null check (discovery in ('given', 'links', 'sitemap')), -- how its items become known
  page_limit  integer     not null,
  total       integer     not null default 0,
  done        integer     not null default 0,
  error       text,
  faults      smallint    not null default 0,  -- of ours, one after another; a job that goes on meeting them is ended
  created_at  timestamptz not null default now(),
  started_at  timestamptz,
  finished_at timestamptz,
  lease_owner uuid,
  lease_until timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, source_id) references sources on delete cascade
);
create index on ingestion_jobs (created_at) where finished_at is null;

-- What a job has to do, one document each; a site's grow while it is read.
create table ingestion_items (
  tenant_id   uuid     not null,
  job_id      uuid     not null,
  ordinal     bigint   generated always as identity,
  external_id text     not null,
  state       text     not null default 'waiting' check (state in ('waiting', 'working', 'ready', 'failed')),
  attempts    smallint not null default 0,
  document    jsonb    not null default '{}', -- what is known of it: title, url, language, tags, media type
  content     bytea,                          -- an upload's bytes, until they are read or given up
  error       text,
  primary key (tenant_id, job_id, ordinal),
  unique (tenant_id, job_id, external_id),
  foreign key (tenant_id, job_id) references ingestion_jobs on delete cascade
);
create index on ingestion_items (tenant_id, job_id, state, ordinal);

do $$
declare
  owned text;
begin
  foreach owned in array array['sources', 'documents', 'chunks', 'chunk_terms', 'chunk_embeddings', 'lexicon',
                               'knowledge_statistics', 'ingestion_jobs', 'ingestion_items'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
    execute format('grant select, insert, update, delete on %I to widget_application', owned);
  end loop;
end
$$;

-- Lexical search: BM25 as an inner product of two sparse vectors, one dimension a lexeme.

create function lexical_dimension(lexeme text) returns integer
  language sql immutable strict parallel safe
  return (hashtextextended(lexeme, 0) & 9223372036854775807) % 1000000000;

create function lexical_frequency(weights text[]) returns integer
  language sql immutable strict parallel safe
  return (select sum(case weight when 'A' then 3 else 1 end) from unnest(weights) weight);

create function lexical_length(lexemes tsvector) returns integer
  language sql immutable strict parallel safe
  return coalesce((select sum(lexical_frequency(weights)) from unnest(lexemes)), 0);

-- BM25 with k1 = 1.2, b = 0.75 (Robertson & Zaragoza 2009, eq. 3.15), the document's part.
create function lexical_weights(lexemes tsvector, length integer, average_length real) returns sparsevec
  language sql immutable strict parallel safe
  return (
    select ('{' || coalesce(string_agg(dimension || ':' || weight::real, ',' order by dimension), '') || '}/1000000000')::sparsevec
    from (
      select lexical_dimension(term.lexeme) + 1 as dimension,
             max(term.frequency * 2.2 / (term.frequency + 1.2 * (0.25 + 0.75 * length / average_length))) as weight
      from (select lexeme, lexical_frequency(weights) as frequency from unnest(lexemes)) term
      group by 1
    ) weighed);

-- The job runner's way across tenants: takes the unfinished job that has waited longest for its turn, of a tenant that has none running.
create function claim_ingestion_job(worker uuid, lease interval) returns table (tenant_id uuid, job_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update ingestion_jobs job
    set lease_owner = worker, lease_until = now() + lease, started_at = coalesce(job.started_at, now())
    from (
      select j.tenant_id, j.id from ingestion_jobs j
      where j.finished_at is null and (j.lease_until is null or j.lease_until <= now())
        and not exists (
          select from ingestion_jobs running
          where running.tenant_id = j.tenant_id and running.finished_at is null and running.lease_until > now())
      order by j.lease_until nulls first, j.created_at
      for update skip locked
      limit 1
    ) free
    where job.tenant_id = free.tenant_id and job.id = free.id
    returning job.tenant_id, job.id
  $$;

revoke execute on function claim_ingestion_job from public;
grant  execute on function claim_ingestion_job to widget_application;
