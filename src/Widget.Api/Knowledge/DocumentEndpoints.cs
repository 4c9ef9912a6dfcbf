using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Catalog;
using Widget.Rag.Search;

namespace Widget.Api.Knowledge;

internal static class DocumentEndpoints
{
    public static void MapDocuments(this RouteGroupBuilder knowledge)
    {
        var documents = knowledge.MapGroup("/documents");
        documents.MapGet("/", List)
            .WithSummary("List the tenant's documents, by title. Filters: source, kind, tag, words in the title or address");
        documents.MapGet("/failed", Failed).WithSummary("List the documents that could not be read, latest first");
        documents.MapGet("/{id:guid}", Get).ProducesProblem(404).WithSummary("Get a document and its source");
        documents.MapGet("/{id:guid}/chunks", Chunks)
            .ProducesProblem(404)
            .WithSummary("List a document's passages, which are searched and cited");
        documents.MapPost("/{id:guid}/read", Read).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Read a web page again now, without the rest of its site");
        documents.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a document and its passages");
    }

    private static async Task<Results<Ok<DocumentPage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        KnowledgeCatalog catalog,
        CancellationToken ct,
        Guid? source = null,
        string? kind = null,
        string? tag = null,
        string? query = null,
        int offset = 0,
        int limit = 50)
    {
        var documentKind = KnowledgeRules.ParseName<DocumentKind>(kind, out var isValid);
        if (!isValid) return Problems.Invalid("kind", KnowledgeRules.NameError<DocumentKind>("kind"));
        var filter = new DocumentFilter
        {
            Source = source is { } id ? new SourceId(id) : null,
            Kind = documentKind,
            Tag = KnowledgeRules.TrimToNull(tag),
            Query = KnowledgeRules.TrimToNull(query),
        };
        var (documents, total) = await catalog.ListAsync(
            tenants.Current().TenantId,
            filter,
            Math.Max(0, offset),
            Math.Clamp(limit, 1, KnowledgeRules.MaxPageSize),
            ct);
        var states = await catalog.StatesAsync(tenants.Current().TenantId, documents, ct);
        return TypedResults.Ok(new DocumentPage(
            [
                .. documents.Select(document => new DocumentSummary(
                    document.Id.Value,
                    document.ExternalId,
                    document.Title,
                    document.Url,
                    document.Language,
                    document.Tags,
                    document.ChunkCount,
                    document.UpdatedAt,
                    document.Kind.ToName(),
                    document.SourceId.Value)
                {
                    Notice = document.Notice,
                    Status = ToStatus(states.GetValueOrDefault(document.Id)),
                    Error = states.GetValueOrDefault(document.Id).Error,
                }),
            ],
            total));
    }

    private static async Task<Results<Ok<DocumentDetail>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        KnowledgeCatalog catalog,
        CancellationToken ct)
    {
        if (await catalog.FindAsync(tenants.Current().TenantId, new DocumentId(id), ct) is not { } found)
            return Problems.NotFound("document");
        var (document, source) = (found.Document, found.Source);
        return TypedResults.Ok(new DocumentDetail(
            document.Id.Value,
            document.ExternalId,
            document.Title,
            document.Url,
            document.Language,
            document.Tags,
            document.ChunkCount,
            document.UpdatedAt,
            document.Kind.ToName(),
            new DocumentSource(source.Id.Value, source.Kind.ToName(), source.Name, source.Url),
            ToStatus((found.Waiting, found.Error)),
            found.Error)
        { Notice = document.Notice });
    }

    private static async Task<Results<Ok<DocumentChunkPage>, ProblemHttpResult>> Chunks(
        Guid id,
        IMultiTenantContextAccessor tenants,
        KnowledgeCatalog catalog,
        CancellationToken ct,
        int offset = 0,
        int limit = 50)
    {
        var found = await catalog.PassagesAsync(
            tenants.Current().TenantId,
            new DocumentId(id),
            Math.Max(0, offset),
            Math.Clamp(limit, 1, KnowledgeRules.MaxPageSize),
            ct);
        if (found is not { } chunks) return Problems.NotFound("document");
        return TypedResults.Ok(new DocumentChunkPage(
            [
                .. chunks.Passages.Select(passage => new DocumentChunk(
                    passage.Ordinal,
                    passage.Text,
                    new DocumentLocator(
                        passage.Locator.Headings,
                        passage.Locator.Page,
                        passage.Locator.Row,
                        passage.Locator.Start,
                        passage.Locator.End,
                        passage.Locator.Fragment))),
            ],
            chunks.Total));
    }

    private static DocumentStatusName ToStatus((bool Waiting, string? Error) state) =>
        state.Waiting ? DocumentStatusName.Updating : state.Error is null ? DocumentStatusName.Ready : DocumentStatusName.Stale;

    private static async Task<Ok<UnreadDocumentPage>> Failed(
        IMultiTenantContextAccessor tenants,
        FailedDocuments failures,
        CancellationToken ct,
        Guid? source = null,
        int offset = 0,
        int limit = 50)
    {
        var (documents, total) = await failures.ListAsync(
            tenants.Current().TenantId,
            source is { } id ? new SourceId(id) : null,
            Math.Max(0, offset),
            Math.Clamp(limit, 1, KnowledgeRules.MaxPageSize),
            ct);
        return TypedResults.Ok(new UnreadDocumentPage(
            [
                .. documents.Select(document => new UnreadDocument(
                    document.Source.Value, document.ExternalId, document.Url, document.Error, document.Stored?.Value)),
            ],
            total));
    }

    private static async Task<Results<Accepted<JobAccepted>, ProblemHttpResult>> Read(
        Guid id,
        IMultiTenantContextAccessor tenants,
        SinglePages pages,
        CancellationToken ct) =>
        SourceEndpoints.ToResult(await pages.ReadAgainAsync(tenants.Current().TenantId, new DocumentId(id), ct), "document");

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        KnowledgeCatalog catalog,
        CancellationToken ct) =>
        await catalog.DeleteAsync(tenants.Current().TenantId, new DocumentId(id), ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("document");
}
