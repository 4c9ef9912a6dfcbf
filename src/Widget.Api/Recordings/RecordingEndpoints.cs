using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Widget.Api.Rooms;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Work;

namespace Widget.Api.Recordings;

internal static class RecordingEndpoints
{
    private const int MaxPageSize = 100;

    /// <summary>Recordings of calls.</summary>
    public static IServiceCollection AddRecordings(this IServiceCollection services, RecordingOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(RecordingTables.Tables);
        services.AddSingleton<IRecordingStore, DiskStore>();
        // The last one takes new recordings; older ones stay where they are.
        if (options.Bucket is not null) services.AddSingleton<IRecordingStore>(_ => new S3Store(options));
        services.AddSingleton<RecordingFiles>();
        services.AddSingleton<RecordingService>();
        services.AddSingleton<WakeUpSignal<RecordingWorker>>(_ => new());
        services.AddHostedService<RecordingWorker>();
        return services;
    }

    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/video/recordings").WithTags("Recordings").RequireCors(Policies.AnyOrigin);
        var pages = group.MapGroup("").ForRoomCallers().ProducesProblem(401).ProducesProblem(403)
            .ProducesProblem(404).ProducesProblem(409);
        pages.MapPost("", Start).Validate<StartRecordingRequest>().WithSummary("Record a call once everybody in it has agreed");
        pages.MapGet("/{id:guid}", Get).WithSummary("Get a recording: its state, and the chunk to continue with");
        pages.MapPut("/{id:guid}/chunks/{number:int}", AddChunk)
            .WithMetadata(new RequestSizeLimitAttribute(RecordingService.MaxChunkBytes))
            .Accepts<IFormFile>("application/octet-stream")
            .WithSummary("Add a chunk (header Content-Digest: sha-256=:…:)");
        pages.MapPost("/{id:guid}/finish", Finish).Validate<FinishRecordingRequest>().WithSummary("Finish a recording");
        var staff = group.MapGroup("").ForStaff(StaffArea.Calls).ProducesProblem(401);
        staff.MapGet("", List).WithSummary("List recordings, newest first");
        staff.MapGet("/{id:guid}/content", Content).ProducesProblem(404).WithSummary("Play a recording (range requests)");
        staff.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a recording");
    }

    private static async Task<Results<Ok<CallRecording>, ProblemHttpResult>> Start(
        StartRecordingRequest request,
        RoomCaller caller,
        RecordingService recordings,
        CancellationToken ct)
    {
        if (caller.Ticket is not { } ticket || ticket.Room != request.RoomId) return RoomFaults.NotHost.ToProblem();
        var (recording, fault) = await recordings.StartAsync(ticket, request, ct);
        return fault is not null ? fault.ToProblem() : TypedResults.Ok(recording!);
    }

    private static async Task<Results<Ok<CallRecording>, ProblemHttpResult>> Get(
        Guid id,
        RoomCaller caller,
        RecordingService recordings,
        CancellationToken ct)
    {
        if (await recordings.FindAsync(caller.Tenant, id, ct) is not { } row) return NotFound();
        if (caller.IsStaff) return TypedResults.Ok(await recordings.ForStaffAsync(row, ct));
        return caller.Ticket?.Room == row.RoomId ? TypedResults.Ok(await recordings.OfAsync(row, isStaff: false, ct)) : NotFound();
    }

    private static async Task<Results<Ok<RecordingChunkResult>, ProblemHttpResult>> AddChunk(
        Guid id,
        int number,
        HttpContext http,
        RoomCaller caller,
        RecordingService recordings,
        CancellationToken ct)
    {
        if (caller.Ticket is not { } ticket) return RoomFaults.NotHost.ToProblem();
        if (ReadDigest(http.Request.Headers["Content-Digest"].ToString()) is not { } digest)
        {
            return Problems.Create(
                StatusCodes.Status400BadRequest,
                "The header Content-Digest is required, such as sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
                "no-checksum");
        }

        var content = new MemoryStream();
        await http.Request.Body.CopyToAsync(content, ct);
        if (content.Length == 0) return Problems.Create(StatusCodes.Status400BadRequest, "The chunk is empty.");
        var (result, fault) = await recordings.AddChunkAsync(ticket, id, number, content.ToArray(), digest, ct);
        return fault is not null ? fault.ToProblem() : TypedResults.Ok(result!);
    }

    private static async Task<Results<Ok<CallRecording>, ProblemHttpResult>> Finish(
        Guid id,
        FinishRecordingRequest request,
        RoomCaller caller,
        RecordingService recordings,
        CancellationToken ct)
    {
        var (recording, fault) = await recordings.FinishAsync(caller, id, request, ct);
        return fault is not null ? fault.ToProblem() : TypedResults.Ok(recording!);
    }

    private static async Task<Results<Ok<CallRecordingList>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        RecordingService recordings,
        CancellationToken ct,
        string? room = null,
        Guid? before = null,
        int limit = 50) =>
        limit is < 1 or > MaxPageSize
            ? Problems.Invalid("limit", $"limit must be between 1 and {MaxPageSize}.")
            : TypedResults.Ok(await recordings.ListAsync(tenants.Current().TenantId, room, before, limit, ct));

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> Content(
        Guid id,
        IMultiTenantContextAccessor tenants,
        RecordingService recordings,
        RecordingFiles files,
        CancellationToken ct)
    {
        if (await recordings.FindAsync(tenants.Current().TenantId, id, ct) is not { Chunks: > 0 } row) return NotFound();
        return TypedResults.Stream(await files.OpenAsync(row, ct), row.ContentType, enableRangeProcessing: true);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        RecordingService recordings,
        CancellationToken ct) =>
        await recordings.DeleteAsync(tenants.Current().TenantId, id, ct) ? TypedResults.NoContent() : NotFound();

    // RFC 9530, section 2: sha-256=:base64:
    private static byte[]? ReadDigest(string header)
    {
        const string Algorithm = "sha-256=:";
        var start = header.IndexOf(Algorithm, StringComparison.OrdinalIgnoreCase);
        if (start < 0) return null;
        var rest = header[(start + Algorithm.Length)..];
        var end = rest.IndexOf(':', StringComparison.Ordinal);
        var digest = new byte[32];
        return end > 0 && Convert.TryFromBase64Chars(rest.AsSpan(0, end), digest, out var written) && written == digest.Length
            ? digest
            : null;
    }

    private static ProblemHttpResult NotFound() => Problems.NotFound("recording");
}
