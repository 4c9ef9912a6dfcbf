-- What a document is, so that a search can ask for pictures only, or for demos.
alter table documents
  add column kind text not null default 'text' check (kind in ('text', 'answer', 'image', 'audio', 'video', 'demo'));
