using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Api.Media;
using Widget.Extraction;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>Models for speech and pictures, over the real wire format, with a separate simulator.</summary>
public sealed class MediaModelsShould : IAsyncLifetime
{
    // A frame of silence: MPEG 2 layer III, 32 kbit/s, 16 kHz.
    private static readonly byte[] Mp3 = [0xFF, 0xF3, 0x48, 0xC4, .. new byte[140]];

    private Simulator _simulator = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _simulator = await Simulator.StartAsync();

    public ValueTask DisposeAsync() => _simulator.DisposeAsync();

    [Fact]
    public async Task Transcribe_speech_with_its_times()
    {
        await _simulator.BehaveAsync(
            new
            {
                transcript = new[]
                {
                    new { start = 0.5, end = 2.25, text = "Open the lid." },
                    new { start = 2.25, end = 4.0, text = "Close it." },
                },
            });

        var said = await Transcriber().TranscribeAsync(Mp3, Ct);

        said.Select(segment => (segment.Start, segment.End, segment.Text.Trim()))
            .ShouldBe([(0.5, 2.25, "Open the lid."), (2.25, 4.0, "Close it.")]);
    }

    [Fact]
    public async Task Describe_a_picture()
    {
        await _simulator.BehaveAsync(new { reply = "A page of a handbook." });
        var picture = await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "tests/data/documents/screenshot.png"), Ct);

        var describer = new OpenAIImageDescriber(_simulator.Vision, TestOutbound.Client);
        (await describer.DescribeAsync(picture, MediaTypes.Png, Ct)).ShouldBe("A page of a handbook.");
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Retry_when_the_service_is_busy(int status)
    {
        await _simulator.BehaveAsync(
            new { failNext = 1, failStatus = status, transcript = new[] { new { start = 0.0, end = 1.0, text = "Hello." } } });

        (await Transcriber().TranscribeAsync(Mp3, Ct)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(400, 1, "refused this document")]
    [InlineData(500, 100, "Try again later")]
    public async Task Explain_that_the_service_fails(int status, int times, string words)
    {
        await _simulator.BehaveAsync(new { failNext = times, failStatus = status });

        var failure = await Should.ThrowAsync<IngestionFailureException>(() => Transcriber().TranscribeAsync(Mp3, Ct));

        failure.Message.ShouldContain(words);
        (await _simulator.RequestsAsync()).Count.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task Explain_that_the_key_is_wrong() =>
        (await Should.ThrowAsync<IngestionFailureException>(() => Transcriber(key: "wrong").TranscribeAsync(Mp3, Ct)))
        .Message.ShouldContain("refuses our key");

    private OpenAITranscriber Transcriber(string? key = null) =>
        new(_simulator.Transcription with { Key = key ?? _simulator.Transcription.Key }, TestOutbound.Client);

    [Fact]
    public void Require_a_complete_configuration()
    {
        var variables = new Dictionary<string, string>
        {
            ["WIDGET_DATABASE_APP"] = "Host=db;Database=widget",
            ["WIDGET_TRANSCRIPTION_ENDPOINT"] = "api.example.com",
            ["WIDGET_VISION_MODEL"] = "some-model",
        };

        var errors = Should.Throw<InvalidConfigurationException>(() => ServerOptions.Read(variables.GetValueOrDefault)).Errors;

        errors.ShouldContain(error => error.StartsWith("WIDGET_TRANSCRIPTION_ENDPOINT is"));
        errors.ShouldContain(error => error.Contains("WIDGET_VISION_ENDPOINT, the address of the service, is not"));
    }

    [Fact]
    public void Be_registered_from_the_configuration()
    {
        var variables = new Dictionary<string, string>
        {
            ["WIDGET_DATABASE_APP"] = "Host=db;Database=widget",
            ["WIDGET_TRANSCRIPTION_ENDPOINT"] = "https://speech.example.com/v1",
            ["WIDGET_TRANSCRIPTION_MODEL"] = "whisper",
            ["WIDGET_TRANSCRIPTION_KEY"] = "key",
        };

        var options = ServerOptions.Read(variables.GetValueOrDefault);

        (options.Transcription.Endpoint, options.Transcription.Model, options.Transcription.Key)
            .ShouldBe((new Uri("https://speech.example.com/v1"), "whisper", "key"));
        options.Vision.Endpoint.ShouldBeNull();
    }
}
