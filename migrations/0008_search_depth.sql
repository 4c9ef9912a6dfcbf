-- The words of a knowledge base by name, so that a misspelt one can be recognised.
alter table lexicon add column lexeme text not null default '';

update lexicon entry
set lexeme = known.lexeme
from (
  select distinct on (chunk.tenant_id, lexical_dimension(term.lexeme))
         chunk.tenant_id, lexical_dimension(term.lexeme) as dimension, term.lexeme
  from chunks chunk cross join lateral unnest(chunk.lexemes) term
) known
where entry.tenant_id = known.tenant_id and entry.dimension = known.dimension;

alter table lexicon alter column lexeme drop default;
create index on lexicon (tenant_id, lexeme collate "C");

-- The average length that a passage's weights were made with: weights of another can be made from them without going back to the words.
alter table chunk_terms add column average_length real not null default 1;
-- Where a job was under way, passages were weighed by different averages; they are all made anew by one.
update chunk_terms term set weights = lexical_weights(chunk.lexemes, chunk.length, statistics.weighed_length)
from knowledge_statistics statistics, chunks chunk
where statistics.settled_length <> statistics.weighed_length
  and term.tenant_id = statistics.tenant_id and chunk.tenant_id = term.tenant_id and chunk.id = term.chunk_id;
update chunk_terms term set average_length = statistics.weighed_length from knowledge_statistics statistics where statistics.tenant_id = term.tenant_id;
update knowledge_statistics set settled_length = weighed_length;
alter table chunk_terms alter column average_length drop default;
drop function lexical_weights;
drop function lexical_length;
drop function lexical_frequency;

-- Words are told apart before they come here (LexicalText).
drop function searchable;

-- Embedding models. A tenant's knowledge is served by one model; while it changes to another, both have vectors.
alter table knowledge_statistics add column model text not null default 'hashed-1024-v1';
alter table knowledge_statistics alter column model drop default;

-- The model for whose vectors a large tenant has approximate indexes of its own (`widget index`); null: its passages are scanned.
alter table knowledge_statistics add column indexed_model text;

-- Passages that lack the vectors of a model: a change to it, or what was left out while it could not be reached.
create table embedding_changes (
  tenant_id   uuid        not null primary key references tenants on delete cascade,
  model       text        not null,
  total       integer     not null default 0,
  done        integer     not null default 0,
  error       text,                             -- why it waits, in words for people
  created_at  timestamptz not null default now(),
  switched_at timestamptz,                      -- since when the model serves; the old vectors go a little later
  retry_at    timestamptz not null default now(),
  attempts    integer     not null default 0,   -- in vain, one after another
  lease_owner uuid,
  lease_until timestamptz
);
alter table embedding_changes enable row level security;
create policy tenant on embedding_changes using (tenant_id = (select current_tenant()));
grant select, insert, update, delete on embedding_changes to widget_application;

-- The embedder of version 1 knew no words where there are no spaces.
insert into embedding_changes (tenant_id, model) select tenant_id, 'hashed-1024-v2' from knowledge_statistics;

-- The worker's way across tenants: takes the change that has been due longest.
create function claim_embedding_change(worker uuid, lease interval) returns table (tenant_id uuid, model text)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update embedding_changes change
    set lease_owner = worker, lease_until = now() + lease
    from (
      select c.tenant_id from embedding_changes c
      where c.retry_at <= now() and (c.lease_until is null or c.lease_until <= now())
      order by c.retry_at
      for update skip locked
      limit 1
    ) due
    where change.tenant_id = due.tenant_id
    returning change.tenant_id, change.model
  $$;

revoke execute on function claim_embedding_change from public;
grant  execute on function claim_embedding_change to widget_application;
