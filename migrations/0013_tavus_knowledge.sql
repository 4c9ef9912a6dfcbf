-- The tenant's knowledge at Tavus: a mirror of it that can be searched (docs/decisions/0019-mirror-of-tavus.md), and what of our own has been
-- published there. All of it apart from our own documents, so that neither search nor statistics of either know of the other.

create table tavus_knowledge (
  tenant_id     uuid        not null primary key references tenants on delete cascade,
  account       text,                                  -- whose documents are mirrored: a hash of its key
  documents     integer     not null default 0,        -- that have passages
  passages      integer     not null default 0,
  total_length  bigint      not null default 0,        -- BM25's, of all passages
  languages     text[]      not null default '{}',
  revision      bigint      not null default 0,        -- another after every change that a search could show
  synced_at     timestamptz,                           -- when the mirror was last brought up to date
  error         text,                                  -- why it could not be since, in words for people
  due_at        timestamptz default now(),             -- null: nobody wants it
  asked         boolean     not null default false,    -- somebody wants it at once, also while it is being looked after
  lease_owner   uuid,
  lease_until   timestamptz
);
create index on tavus_knowledge (due_at) where due_at is not null;

create table tavus_documents (
  tenant_id   uuid        not null,
  document_id text        not null,                    -- Tavus's
  name        text        not null,
  url         text        not null,
  status      text        not null,                    -- Tavus's word
  version     bytea       not null,                    -- of all that Tavus says of it; the same again means no work
  error       text,
  failures    smallint    not null default 0,          -- one after another
  retry_at    timestamptz,                             -- when what failed of it is fetched again
  updated_at  timestamptz not null default now(),
  primary key (tenant_id, document_id),
  foreign key (tenant_id) references tavus_knowledge on delete cascade
);

create table tavus_pages (
  tenant_id     uuid        not null,
  document_id   text        not null,
  address       text        not null,
  title         text        not null default '',
  language      text        not null default 'en',
  etag          text,                                  -- validators, as the server sent them
  last_modified text,
  reading       bytea,                                 -- how it was read; read otherwise, it must be fetched in full
  content_hash  bytea,                                 -- null: never read
  error         text,
  fetched_at    timestamptz,
  primary key (tenant_id, document_id, address),
  foreign key (tenant_id, document_id) references tavus_documents on delete cascade
);

create table tavus_passages (
  tenant_id   uuid    not null,
  id          uuid    not null,
  document_id text    not null,
  address     text    not null,
  ordinal     integer not null,
  text        text    not null,
  locator     jsonb   not null,
  length      integer not null,
  embedding   halfvec not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, document_id, address) references tavus_pages on delete cascade
);
alter table tavus_passages alter embedding set storage plain;
create index on tavus_passages (tenant_id, document_id, address);

-- An inverted index as a plain table: a mirror is small, so what BM25 must know of a word is counted when it is asked.
create table tavus_postings (
  tenant_id  uuid    not null,
  lexeme     text    not null collate "C",               -- so that the index finds words by their beginning
  passage_id uuid    not null,
  frequency  integer not null,                         -- titles and headings count three times
  length     integer not null,                         -- the passage's
  primary key (tenant_id, lexeme, passage_id) include (frequency, length),
  foreign key (tenant_id, passage_id) references tavus_passages on delete cascade
);
create index on tavus_postings (tenant_id, passage_id);

create table tavus_publications (
  tenant_id         uuid        not null references tenants on delete cascade,
  id                uuid        not null,
  source_id         uuid        not null,
  external_id       text        not null,              -- with the source, what names an own document through all its versions
  title             text        not null,
  content_hash      bytea,                             -- of what is at Tavus; null: nothing yet
  tavus_document_id text,
  status            text        not null check (status in ('waiting', 'processing', 'ready', 'failed', 'removing')),
  error             text,
  published_at      timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, source_id, external_id)
);

-- The tenant's persona at Tavus, as we last set it: what people have changed there since can be told from it.
create table tavus_personas (
  tenant_id  uuid        not null primary key references tenants on delete cascade,
  account    text        not null,
  persona_id text        not null,
  applied    jsonb       not null,
  applied_at timestamptz not null default now()
);

do $$
declare
  owned text;
begin
  foreach owned in array array['tavus_knowledge', 'tavus_documents', 'tavus_pages', 'tavus_passages', 'tavus_postings', 'tavus_publications', 'tavus_personas'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
    execute format('grant select, insert, update, delete on %I to widget_application', owned);
  end loop;
end
$$;

create index tenant_settings_tavus_kb on tenant_settings (tenant_id) where settings ->> 'useTavusKB' = 'true';

-- The worker's way across tenants: takes the one that has been due longest. Whoever has switched its knowledge at Tavus on is due from then on.
create function claim_tavus_knowledge(worker uuid, lease interval) returns table (tenant_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into tavus_knowledge (tenant_id)
    select wanting.tenant_id from tenant_settings wanting
    where wanting.settings ->> 'useTavusKB' = 'true'
      and not exists (select from tavus_knowledge known where known.tenant_id = wanting.tenant_id and known.due_at is not null)
    on conflict on constraint tavus_knowledge_pkey do update set due_at = clock_timestamp() where tavus_knowledge.due_at is null;

    update tavus_knowledge knowledge
    set lease_owner = worker, lease_until = clock_timestamp() + lease, asked = false
    from (
      select k.tenant_id from tavus_knowledge k
      where k.due_at <= clock_timestamp() and (k.lease_until is null or k.lease_until <= clock_timestamp())
      order by k.due_at
      for update skip locked
      limit 1
    ) due
    where knowledge.tenant_id = due.tenant_id
    returning knowledge.tenant_id;
  $$;

revoke execute on function claim_tavus_knowledge from public;
grant  execute on function claim_tavus_knowledge to widget_application;
