using Widget.Contracts;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Api.Web;

/// <summary>
/// Maps the enums of knowledge and search to those of the API, member by member. A cast by number would change the meaning of requests if
/// a member were inserted or moved on only one side.
/// </summary>
public static class ContractNames
{
    public static SearchStrategy ToStrategy(this SearchStrategyName name) => name switch
    {
        SearchStrategyName.Parallel => SearchStrategy.Parallel,
        SearchStrategyName.Smart => SearchStrategy.Smart,
        SearchStrategyName.Fallback => SearchStrategy.Fallback,
        _ => throw Unmapped(name),
    };

    public static SearchStrategyName ToName(this SearchStrategy strategy) => strategy switch
    {
        SearchStrategy.Parallel => SearchStrategyName.Parallel,
        SearchStrategy.Smart => SearchStrategyName.Smart,
        SearchStrategy.Fallback => SearchStrategyName.Fallback,
        _ => throw Unmapped(strategy),
    };

    public static SearchHitFate ToName(this HitFate fate) => fate switch
    {
        HitFate.Kept => SearchHitFate.Kept,
        HitFate.Merged => SearchHitFate.Merged,
        HitFate.BeyondLimit => SearchHitFate.BeyondLimit,
        _ => throw Unmapped(fate),
    };

    public static PageVerdictName ToName(this PageVerdict verdict) => verdict switch
    {
        PageVerdict.Stored => PageVerdictName.Stored,
        PageVerdict.Waiting => PageVerdictName.Waiting,
        PageVerdict.Duplicate => PageVerdictName.Duplicate,
        PageVerdict.Failed => PageVerdictName.Failed,
        PageVerdict.NoIndex => PageVerdictName.NoIndex,
        PageVerdict.RobotsTxt => PageVerdictName.RobotsTxt,
        PageVerdict.Excluded => PageVerdictName.Excluded,
        PageVerdict.NotIncluded => PageVerdictName.NotIncluded,
        PageVerdict.NoSource => PageVerdictName.NoSource,
        PageVerdict.NotAPage => PageVerdictName.NotAPage,
        PageVerdict.LeadsAway => PageVerdictName.LeadsAway,
        PageVerdict.LimitReached => PageVerdictName.LimitReached,
        PageVerdict.NotLinked => PageVerdictName.NotLinked,
        PageVerdict.NotReadYet => PageVerdictName.NotReadYet,
        _ => throw Unmapped(verdict),
    };

    public static DocumentKind ToKind(this DocumentKindName name) => name switch
    {
        DocumentKindName.Text => DocumentKind.Text,
        DocumentKindName.Answer => DocumentKind.Answer,
        DocumentKindName.Image => DocumentKind.Image,
        DocumentKindName.Audio => DocumentKind.Audio,
        DocumentKindName.Video => DocumentKind.Video,
        DocumentKindName.Demo => DocumentKind.Demo,
        _ => throw Unmapped(name),
    };

    public static DocumentKindName ToName(this DocumentKind kind) => kind switch
    {
        DocumentKind.Text => DocumentKindName.Text,
        DocumentKind.Answer => DocumentKindName.Answer,
        DocumentKind.Image => DocumentKindName.Image,
        DocumentKind.Audio => DocumentKindName.Audio,
        DocumentKind.Video => DocumentKindName.Video,
        DocumentKind.Demo => DocumentKindName.Demo,
        _ => throw Unmapped(kind),
    };

    public static SourceKind ToKind(this SourceKindName name) => name switch
    {
        SourceKindName.Import => SourceKind.Import,
        SourceKindName.Upload => SourceKind.Upload,
        SourceKindName.Page => SourceKind.Page,
        SourceKindName.Site => SourceKind.Site,
        SourceKindName.Answers => SourceKind.Answers,
        SourceKindName.Demos => SourceKind.Demos,
        _ => throw Unmapped(name),
    };

    public static SourceKindName ToName(this SourceKind kind) => kind switch
    {
        SourceKind.Import => SourceKindName.Import,
        SourceKind.Upload => SourceKindName.Upload,
        SourceKind.Page => SourceKindName.Page,
        SourceKind.Site => SourceKindName.Site,
        SourceKind.Answers => SourceKindName.Answers,
        SourceKind.Demos => SourceKindName.Demos,
        _ => throw Unmapped(kind),
    };

    public static Schedule ToSchedule(this ScheduleName name) => name switch
    {
        ScheduleName.None => Schedule.None,
        ScheduleName.Daily => Schedule.Daily,
        ScheduleName.Weekly => Schedule.Weekly,
        ScheduleName.Monthly => Schedule.Monthly,
        _ => throw Unmapped(name),
    };

    public static ScheduleName ToName(this Schedule schedule) => schedule switch
    {
        Schedule.None => ScheduleName.None,
        Schedule.Daily => ScheduleName.Daily,
        Schedule.Weekly => ScheduleName.Weekly,
        Schedule.Monthly => ScheduleName.Monthly,
        _ => throw Unmapped(schedule),
    };

    public static DemoKind ToKind(this DemoKindName name) => name switch
    {
        DemoKindName.Video => DemoKind.Video,
        DemoKindName.Image => DemoKind.Image,
        DemoKindName.Slide => DemoKind.Slide,
        DemoKindName.Page => DemoKind.Page,
        _ => throw Unmapped(name),
    };

    public static DemoKindName ToName(this DemoKind kind) => kind switch
    {
        DemoKind.Video => DemoKindName.Video,
        DemoKind.Image => DemoKindName.Image,
        DemoKind.Slide => DemoKindName.Slide,
        DemoKind.Page => DemoKindName.Page,
        _ => throw Unmapped(kind),
    };

    public static EntryStatusName ToName(this EntryState state) => state switch
    {
        EntryState.Queued => EntryStatusName.Queued,
        EntryState.Ready => EntryStatusName.Ready,
        EntryState.Failed => EntryStatusName.Failed,
        _ => throw Unmapped(state),
    };

    public static JobStatusName ToName(this JobStatus status) => status switch
    {
        JobStatus.Queued => JobStatusName.Queued,
        JobStatus.Fetching => JobStatusName.Fetching,
        JobStatus.Extracting => JobStatusName.Extracting,
        JobStatus.Embedding => JobStatusName.Embedding,
        JobStatus.Ready => JobStatusName.Ready,
        JobStatus.Failed => JobStatusName.Failed,
        _ => throw Unmapped(status),
    };

    /// <summary>A source shows the state of its last job.</summary>
    public static SourceStatusName ToSourceStatus(this JobStatus status) => status switch
    {
        JobStatus.Queued => SourceStatusName.Queued,
        JobStatus.Fetching => SourceStatusName.Fetching,
        JobStatus.Extracting => SourceStatusName.Extracting,
        JobStatus.Embedding => SourceStatusName.Embedding,
        JobStatus.Ready => SourceStatusName.Ready,
        JobStatus.Failed => SourceStatusName.Failed,
        _ => throw Unmapped(status),
    };

    private static ArgumentOutOfRangeException Unmapped<T>(T value) =>
        new(nameof(value), value, $"{typeof(T).Name} has no mapping for this member.");
}
