using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.Voice;

/// <summary>
/// A browser whose microphone hears a person ask the same question repeatedly, after a pause that is long enough to start a call.
/// </summary>
public sealed class SpeakingChromium : IAsyncLifetime
{
    public const string Question = "What does the desk lamp cost?";

    private IPlaywright _playwright = null!;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var folder = Path.Combine(Repository.Root, ".local", "test");
        Directory.CreateDirectory(folder);
        var (spoken, sound) = (Path.Combine(folder, "question-spoken.wav"), Path.Combine(folder, "question.wav"));
        await Repository.RunAsync("/usr/bin/espeak-ng", "-v", "en", "-w", spoken, Question);
        await Repository.RunAsync(
            "/usr/bin/ffmpeg",
            "-y",
            "-loglevel",
            "error",
            "-i",
            spoken,
            "-af",
            "adelay=3000:all=1,apad=pad_dur=6",
            "-ar",
            "48000",
            "-ac",
            "1",
            sound);
        _playwright = await Playwright.CreateAsync();
        Browser = await Chromium.LaunchAsync(_playwright, $"--use-file-for-fake-audio-capture={sound}");
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
