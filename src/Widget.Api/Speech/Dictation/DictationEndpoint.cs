using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Widget.Api.Speech.Client;
using Widget.Api.Tenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Speech.Dictation;

internal static partial class DictationEndpoint
{
    private const int MaxRecordingBytes = 10 << 20;

    /// <summary>The maximum size of a request: a recording and the form around it.</summary>
    public const long MaxRequestBytes = MaxRecordingBytes + (16 << 10);

    private static readonly string[] MediaTypes =
    [
        "audio/webm", "audio/mp4", "audio/ogg", "audio/wav", "audio/x-wav", "audio/wave", "audio/x-m4a", "audio/m4a", "audio/mpeg",
        "video/webm", "video/mp4",
    ];

    public static async Task<Results<Ok<Transcription>, ProblemHttpResult>> Transcribe(
        HttpContext http,
        VisitorTokens tokens,
        TenantSettingsService settings,
        DictationService dictation,
        SpeechStreamLimiter limiter,
        ILogger<DictationService> logger,
        CancellationToken ct,
        string? locale = null)
    {
        var visitor = tokens.Read(http)!;
        if (!(await settings.ReadAsync(visitor.Tenant, ct)).Speech.Dictation)
            return Problems.Create(StatusCodes.Status409Conflict, "Dictation is not enabled here.");
        if (!dictation.IsAvailable)
            return Problems.Create(
                StatusCodes.Status409Conflict,
                "This server has no transcription model. The browser may be able to transcribe.");
        using var slot = limiter.Open(visitor.Visitor);
        if (slot is null)
            return Problems.Create(
                StatusCodes.Status429TooManyRequests,
                "Too many recordings are being transcribed at once. Please wait for one to finish.");
        var (recording, problem) = await ReadAsync(http.Request, ct);
        if (recording is null) return problem!;
        try
        {
            return TypedResults.Ok(new Transcription(await dictation.TranscribeAsync(visitor.Tenant, recording, Language(locale), ct)));
        }
        catch (DictationTooLongException e)
        {
            return Problems.Create(StatusCodes.Status400BadRequest, e.Message);
        }
        catch (IngestionFailureException e)
        {
            return Problems.Create(StatusCodes.Status400BadRequest, e.Message);
        }
        catch (SpeechException e)
        {
            LogFault(logger, visitor.Tenant.Value, e.Message);
            return Problems.Create(
                StatusCodes.Status502BadGateway,
                "Your recording couldn't be transcribed right now. Please type it, or try again.");
        }
    }

    private static async Task<(byte[]? Recording, ProblemHttpResult? Problem)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        byte[] recording;
        if (request.HasFormContentType)
        {
            IFormCollection form;
            try
            {
                form = await request.ReadFormAsync(ct);
            }
            catch (InvalidDataException)
            {
                return (null, Problems.Create(StatusCodes.Status400BadRequest, "The form is not valid."));
            }

            if (form.Files is not [var file])
                return (null, Problems.Create(StatusCodes.Status400BadRequest, "The form must contain one file: the recording."));
            if (!IsSupported(file.ContentType)) return (null, UnsupportedMediaType());
            if (file.Length > MaxRecordingBytes) return (null, TooLarge());
            recording = new byte[file.Length];
            await using var content = file.OpenReadStream();
            await content.ReadExactlyAsync(recording, ct);
        }
        else
        {
            if (!IsSupported(request.ContentType)) return (null, UnsupportedMediaType());
            if (request.ContentLength > MaxRecordingBytes) return (null, TooLarge());
            using var content = new MemoryStream();
            await request.Body.CopyToAsync(content, ct);
            if (content.Length > MaxRecordingBytes) return (null, TooLarge());
            recording = content.ToArray();
        }

        return recording.Length == 0
            ? (null, Problems.Create(StatusCodes.Status400BadRequest, "The recording is empty."))
            : (recording, null);
    }

    private static bool IsSupported(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && MediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase);

    private static ProblemHttpResult UnsupportedMediaType() => Problems.Create(
        StatusCodes.Status415UnsupportedMediaType,
        "Send the recording as audio/webm, audio/mp4, audio/ogg or audio/wav, as the body or as the file of a form.");

    private static ProblemHttpResult TooLarge() =>
        Problems.Create(StatusCodes.Status413PayloadTooLarge, "The recording is larger than 10 MB.");

    // The language is only a hint, so ignore an invalid locale.
    private static string? Language(string? locale) =>
        locale?.Split('-', '_')[0].ToLowerInvariant() is { } language && Validation.IsLanguage(language) ? language : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "A dictation of tenant {Tenant} could not be transcribed: {Fault}")]
    private static partial void LogFault(ILogger logger, Guid tenant, string fault);
}
