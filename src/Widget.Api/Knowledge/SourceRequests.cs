using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Catalog;
using Widget.Rag.Own;

namespace Widget.Api.Knowledge;

/// <summary>Validates requests about sources and converts them to the catalog's types.</summary>
internal static class SourceRequests
{
    public const string NameTaken = "There is already a source with this name.";

    private const string NoSchedule = "Only pages and sites can be read again on a schedule.";
    private const string NoName = "An import or upload needs a name, which distinguishes it from the default one.";

    /// <summary>The kinds that are read from an address.</summary>
    public static bool IsFetched(this SourceKindName kind) => kind is SourceKindName.Page or SourceKindName.Site;

    public static (string Field, string Error)? Problem(CreateSourceRequest request)
    {
        var kind = request.Kind!.Value;
        if (kind is SourceKindName.Answers or SourceKindName.Demos)
            return ("kind", $"The source of {kind.ToString().ToLowerInvariant()} is created automatically when you add the first one.");
        return (kind.IsFetched() ? AddressProblem(request) : NameProblem(request))
            ?? KnowledgeRules.Url(request.Url)
            ?? KnowledgeRules.Tags(request.Tags)
            ?? KnowledgeRules.Language(KnowledgeRules.TrimToNull(request.Language))
            ?? KnowledgeRules.Patterns("include", request.Include)
            ?? KnowledgeRules.Patterns("exclude", request.Exclude);
    }

    public static (string Field, string Error)? Problem(ChangeSourceRequest request) =>
        KnowledgeRules.Tags(request.Tags)
            ?? KnowledgeRules.Patterns("include", request.Include)
            ?? KnowledgeRules.Patterns("exclude", request.Exclude);

    /// <summary>The error if a valid change does not fit the source.</summary>
    public static (string Field, string Error)? Problem(ChangeSourceRequest request, SourceReport source)
    {
        var isFetched = source.Kind is SourceKind.Page or SourceKind.Site;
        if (!isFetched && request.Schedule is not (null or ScheduleName.None)) return ("schedule", NoSchedule);
        // The default import and upload have no name and need none.
        var needsName = source.Kind is SourceKind.Import or SourceKind.Upload && source.Name.Length > 0;
        return needsName && request.Name is { } name && KnowledgeRules.CleanName(name) is null ? ("name", NoName) : null;
    }

    public static CrawlRules Rules(CreateSourceRequest request, Uri? address) => request.Kind switch
    {
        SourceKindName.Site => SiteRules(address!, request.MaxPages, request.MaxDepth, request.Include, request.Exclude),
        SourceKindName.Page => new CrawlRules
        {
            Discovery = Discovery.Given,
            PageLimit = 1,
            Title = KnowledgeRules.TrimToNull(request.Title),
            Language = KnowledgeRules.TrimToNull(request.Language),
        },
        _ => new CrawlRules(),
    };

    /// <summary>Reads a site by its site map if the address is one, otherwise by its links.</summary>
    public static CrawlRules SiteRules(
        Uri address,
        int maxPages,
        int? maxDepth,
        IReadOnlyList<string>? include,
        IReadOnlyList<string>? exclude) => new()
        {
            Discovery = IsSiteMap(address) ? Discovery.SiteMap : Discovery.Links,
            PageLimit = maxPages,
            MaxDepth = maxDepth,
            Include = include ?? [],
            Exclude = exclude ?? [],
        };

    public static SourceChange Change(ChangeSourceRequest request, SourceReport source) => new(
        request.Name is { } name ? KnowledgeRules.CleanName(name) ?? "" : null,
        request.Tags is null ? null : KnowledgeRules.TrimAll(request.Tags),
        request.Schedule?.ToSchedule(),
        source.Kind != SourceKind.Site ? null : rules => rules with
        {
            PageLimit = request.MaxPages ?? rules.PageLimit,
            MaxDepth = request.MaxDepth ?? rules.MaxDepth,
            Include = request.Include ?? rules.Include,
            Exclude = request.Exclude ?? rules.Exclude,
        });

    public static SourceDetail ToDetail(this SourceReport source) => new(
        source.Id.Value,
        source.Kind.ToName(),
        source.Name,
        source.Url,
        source.Tags,
        source.Deleting ? SourceStatusName.Deleting : source.Status?.ToSourceStatus() ?? SourceStatusName.Idle,
        source.Job is { } job ? new SourceProgress(job.Value, source.Done, source.Total) : null,
        source.Documents,
        source.Passages,
        source.Failed,
        source.LastError,
        source.CreatedAt,
        source.LastRunAt,
        source.NextRunAt,
        source.Kind is SourceKind.Page or SourceKind.Site ? ToCrawl(source) : null)
    {
        Notices = source.Notices,
    };

    private static SourceCrawl ToCrawl(SourceReport source) => new(
        source.Schedule.ToName(),
        source.Rules.PageLimit,
        source.Rules.MaxDepth,
        source.Rules.Include,
        source.Rules.Exclude,
        source.Rules.Title,
        source.Rules.Language);

    private static (string Field, string Error)? AddressProblem(CreateSourceRequest request) =>
        request.Url is null ? ("url", KnowledgeRules.UrlError) : null;

    private static (string Field, string Error)? NameProblem(CreateSourceRequest request)
    {
        if (request.Url is not null) return ("url", "Only pages and sites have a url.");
        if (KnowledgeRules.CleanName(request.Name) is null) return ("name", NoName);
        return request.Schedule != ScheduleName.None ? ("schedule", NoSchedule) : null;
    }

    // A text file is a site map if its name says so; others are documents.
    private static bool IsSiteMap(Uri address)
    {
        var path = address.AbsolutePath;
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) path = path[..^3];
        return path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
            || (path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)
                && path[path.LastIndexOf('/')..].Contains("sitemap", StringComparison.OrdinalIgnoreCase));
    }
}
