-- Citations keep a copy of their passage. Which document it came from is recorded, too, so that a citation can say that the document has been
-- deleted. A new version of a document gets a new id, so its source and its external id identify it.

create function document_identity(source_id uuid, external_id text) returns uuid
  language sql immutable parallel safe
  return md5(source_id::text || '/' || external_id)::uuid;

create index on documents (tenant_id, document_identity(source_id, external_id));

-- The numbers of an answer's citations whose documents have been deleted since.
create function removed_citations(data jsonb) returns integer[]
  language sql stable parallel safe
  return array(
    select (citation ->> 'number')::integer
    from jsonb_array_elements(case jsonb_typeof(data -> 'citations') when 'array' then data -> 'citations' else '[]' end) citation
    where citation ->> 'document' is not null
      and not exists (
        select from documents document
        where document.tenant_id = current_tenant()
          and document_identity(document.source_id, document.external_id) = (citation ->> 'document')::uuid));
