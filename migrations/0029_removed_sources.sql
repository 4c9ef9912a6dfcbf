-- Citations keep a copy of their passage. Which document it came from is recorded, too, so that a citation can say that the document has
-- been deleted. A new version of a document gets a new id, so its source and its external id identify it. The identity is a column, because
-- the casts in its expression are not leakproof: with row-level security, an index on the expression would not be used.

alter table documents
  add column identity uuid not null generated always as (md5(source_id::text || '/' || external_id)::uuid) stored;

create index on documents (tenant_id, identity);

-- Finds a few documents of a source at random: identities are hashes, so that the documents that follow a random one are a random choice.
create index on documents (tenant_id, source_id, identity);

-- Counts a tenant's passages in a question's language without reading the documents: 0.4 ms instead of 3 ms for 5,000 documents.
create index on documents (tenant_id, language) include (chunk_count);

-- The numbers of an answer's citations whose documents have been deleted since, with one index lookup for each citation. The casts are done
-- first, because they are not leakproof either. Each "offset 0" stops the planner from joining, which could read all documents.
create function removed_citations(data jsonb) returns integer[]
  language sql stable parallel safe
  return array(
    select cited.number
    from (
      select (citation ->> 'number')::integer as number, (citation ->> 'document')::uuid as document
      from jsonb_array_elements(case jsonb_typeof(data -> 'citations') when 'array' then data -> 'citations' else '[]' end) citation
      where citation ->> 'document' is not null
      offset 0
    ) cited
    where not exists (
      select from documents document
      where document.tenant_id = current_tenant() and document.identity = cited.document
      offset 0));

-- The count by language for the mirror of Tavus, whose passages are counted after each change.
alter table tavus_knowledge
  add column passages_by_language jsonb not null default '{}';
update tavus_knowledge knowledge
set passages_by_language = counted.by_language
from (
  select tenant_id, jsonb_object_agg(language, passages) as by_language
  from (
    select tenant_id, page.language, count(*) as passages
    from tavus_passages passage
    join tavus_pages page using (tenant_id, document_id, address)
    group by tenant_id, page.language
  ) counts
  group by tenant_id
) counted
where counted.tenant_id = knowledge.tenant_id;
