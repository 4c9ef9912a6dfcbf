using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Widget.Api.Knowledge;

/// <summary>
/// Checks whether the programs that read documents are installed. Without one of them, only its kinds of documents cannot be added.
/// </summary>
internal sealed class ProgramsHealth : IHealthCheck
{
    private static readonly (string Program, string Package, string Effect)[] Programs =
    [
        ("pdftotext", "poppler-utils", "PDF documents cannot be read"),
        ("tesseract", "tesseract-ocr", "text in pictures and scanned pages cannot be read"),
        ("ffmpeg", "ffmpeg", "audio and video cannot be read"),
    ];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var missing = Programs
            .Where(program => !Array.Exists(folders, folder => File.Exists(Path.Combine(folder, program.Program))))
            .Select(program => $"{program.Program} is missing (package {program.Package}), so {program.Effect}.")
            .ToList();
        return Task.FromResult(missing.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(' ', missing)));
    }
}
