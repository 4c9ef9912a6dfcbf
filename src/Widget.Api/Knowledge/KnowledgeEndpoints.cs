using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Ingestion;
using Widget.Rag.Reading;

namespace Widget.Api.Knowledge;

internal static class KnowledgeEndpoints
{
    private const long MaxImportBytes = 2L << 30;
    private const long MaxUploadBytes = 50L << 20;
    private const int MaxNameLength = 200;
    private const string NameError = "The source's name must have at most 200 characters.";
    private const long MaxRecordingBytes = 200L << 20;

    public static void MapKnowledge(this IEndpointRouteBuilder routes)
    {
        var knowledge = routes.MapGroup("/api/knowledge")
            .ForStaff(StaffArea.Knowledge)
            .ProducesProblem(401)
            .WithTags("Knowledge");
        knowledge.MapPost("/import", Import).LimitedAs(Limit.Uploads).Accepts<ImportLine>("application/x-ndjson")
            .WithMetadata(new RequestSizeLimitAttribute(MaxImportBytes))
            .ProducesProblem(413)
            .WithSummary("Import texts: one JSON object per line. A text with an existing id replaces that document");
        knowledge.MapPost("/uploads", Upload).LimitedAs(Limit.Uploads).DisableAntiforgery()
            .WithMetadata(
                new RequestSizeLimitAttribute(MaxRecordingBytes),
                new RequestFormLimitsAttribute { MultipartBodyLengthLimit = MaxRecordingBytes })
            .ProducesProblem(413).ProducesProblem(415)
            .WithSummary(
                $"Upload a file: {MediaTypes.SupportedFormats}. At most 50 MB, audio and video 200 MB. "
                    + "A file with an existing id (or name, without an id) replaces that document");
        knowledge.MapPost("/pages", AddPage).Validate<AddPageRequest>().WithSummary("Add one web page or file on the web");
        knowledge.MapPost("/sites", AddSite)
            .Validate<AddSiteRequest>()
            .WithSummary("Add a web site, by its site map or by following its links");
        knowledge.MapGet("/jobs/{id:guid}", Job).ProducesProblem(404).WithSummary("Get the progress of a job");
        knowledge.MapSources();
        knowledge.MapDocuments();
        knowledge.MapAnswers();
        knowledge.MapDemos();
    }

    private static async Task<Results<Accepted<JobAccepted>, ValidationProblem>> Import(
        HttpRequest request,
        IMultiTenantContextAccessor tenants,
        IngestionQueue queue,
        CancellationToken ct,
        string? source = null)
    {
        if (KnowledgeRules.CleanName(source) is { Length: > MaxNameLength }) return Problems.Invalid("source", NameError);
        // Receive the whole body before a transaction is opened, so that a slow sender does not hold a database connection.
        request.EnableBuffering(bufferThreshold: 1 << 20);
        await request.Body.DrainAsync(ct);
        request.Body.Position = 0;
        if (!await ImportReader.HasContentAsync(request.Body, ct))
        {
            return Problems.Invalid(
                "body",
                "The import is empty. Send one JSON object per line, like {\"id\": …, \"title\": …, \"text\": …}.");
        }

        request.Body.Position = 0;
        var documents = ImportReader.ReadAsync(request.Body, ct);
        return Accepted(await queue.ImportAsync(tenants.Current().TenantId, documents, ct, KnowledgeRules.CleanName(source) ?? ""));
    }

    private static async Task<Results<Accepted<JobAccepted>, ValidationProblem, ProblemHttpResult>> Upload(
        HttpRequest request,
        IFormFile file,
        [FromForm] string? id,
        [FromForm] string? title,
        [FromForm] string? url,
        [FromForm] string? language,
        [FromForm] string? source,
        IMultiTenantContextAccessor tenants,
        IngestionQueue queue,
        CancellationToken ct)
    {
        if (request.Form.Files.Count > 1) return Problems.Invalid("file", "Send one file per request.");
        // Use the path, so that files with the same name in different folders do not replace each other.
        var name = TrimToNull(id) ?? TrimToNull(file.FileName.Replace('\\', '/').TrimStart('.', '/')) ?? "";
        if (name.Length is 0 or > 500) return Problems.Invalid("file", "The file needs a name, or an id, of 1 to 500 characters.");
        if (TrimToNull(url) is { } address && !ImportReader.IsWebAddress(address))
            return Problems.Invalid("url", "The url must be an absolute http or https address.");
        if (TrimToNull(title) is { Length: > 500 }) return Problems.Invalid("title", "The title must have at most 500 characters.");
        if (TrimToNull(language) is { } code && !Validation.IsLanguage(code)) return Problems.Invalid("language", Validation.LanguageError);
        if (KnowledgeRules.CleanName(source) is { Length: > MaxNameLength }) return Problems.Invalid("source", NameError);
        var declared = MediaTypes.Of(file.FileName, file.ContentType);
        if (file.Length > MaxUploadBytes && !MediaTypes.IsAudioOrVideo(declared ?? ""))
        {
            return Problems.Create(
                StatusCodes.Status413PayloadTooLarge,
                $"Files may have at most {MaxUploadBytes >> 20} MB, audio and video {MaxRecordingBytes >> 20} MB.");
        }

        var content = new byte[file.Length];
        await using (var stream = file.OpenReadStream()) await stream.ReadExactlyAsync(content, ct);
        if ((declared ?? ContentSniffing.Of(content)) is not { } mediaType)
        {
            return Problems.Create(
                StatusCodes.Status415UnsupportedMediaType,
                $"Files like {file.FileName} cannot be read. Add {MediaTypes.SupportedFormats}.");
        }

        var description = new DocumentDescription
        {
            Title = TrimToNull(title),
            Url = TrimToNull(url),
            Language = TrimToNull(language),
            MediaType = mediaType,
        };
        var document = new ImportedDocument(name, description, content);
        return Accepted(await queue.UploadAsync(tenants.Current().TenantId, document, ct, KnowledgeRules.CleanName(source) ?? ""));
    }

    private static async Task<Results<Accepted<JobAccepted>, ValidationProblem>> AddPage(
        AddPageRequest request,
        IMultiTenantContextAccessor tenants,
        IngestionQueue queue,
        CancellationToken ct)
    {
        if (!ImportReader.IsWebAddress(request.Url)) return Problems.Invalid("url", "The url must be an absolute http or https address.");
        if (TrimToNull(request.Language) is { } code && !Validation.IsLanguage(code))
            return Problems.Invalid("language", Validation.LanguageError);
        if (KnowledgeRules.Tags(request.Tags) is { } problem) return Problems.Invalid(problem.Field, problem.Error);
        var description = new DocumentDescription
        {
            Title = TrimToNull(request.Title),
            Language = TrimToNull(request.Language),
            Tags = request.Tags ?? [],
        };
        return Accepted(await queue.AddPageAsync(tenants.Current().TenantId, new Uri(request.Url), description, ct));
    }

    private static async Task<Results<Accepted<JobAccepted>, ValidationProblem>> AddSite(
        AddSiteRequest request,
        IMultiTenantContextAccessor tenants,
        IngestionQueue queue,
        CancellationToken ct)
    {
        if (!ImportReader.IsWebAddress(request.Url)) return Problems.Invalid("url", "The url must be an absolute http or https address.");
        if ((KnowledgeRules.Patterns("include", request.Include) ?? KnowledgeRules.Patterns("exclude", request.Exclude)) is { } problem)
            return Problems.Invalid(problem.Field, problem.Error);
        var address = new Uri(request.Url);
        var rules = SourceRequests.SiteRules(address, request.MaxPages, request.MaxDepth, request.Include, request.Exclude);
        return Accepted(await queue.AddSiteAsync(tenants.Current().TenantId, address, rules, ct));
    }

    private static async Task<Results<Ok<JobState>, ProblemHttpResult>> Job(
        Guid id,
        IMultiTenantContextAccessor tenants,
        IngestionQueue queue,
        CancellationToken ct) =>
        await queue.FindAsync(tenants.Current().TenantId, new JobId(id), ct) is { } job
            ? TypedResults.Ok(new JobState(
                id,
                job.Status.ToName(),
                job.Done,
                job.Total,
                [.. job.Failed.Select(item => new FailedDocument(item.ExternalId, item.Error))],
                job.Error)
            {
                Notices = [.. job.Notices.Select(item => new NoticedDocument(item.ExternalId, item.Notice))],
            })
            : Problems.NotFound("job");

    private static Accepted<JobAccepted> Accepted(JobId job) =>
        TypedResults.Accepted($"/api/knowledge/jobs/{job}", new JobAccepted(job.Value));

    private static string? TrimToNull(string? text) => KnowledgeRules.TrimToNull(text);
}
