using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Widget.Api.Speech;
using Widget.Contracts;

namespace Widget.Api.Tests.Speech;

/// <summary>Transcription of what visitors dictate.</summary>
public sealed class DictationShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;
    private TestVisitor _visitor = null!;

    public async ValueTask InitializeAsync()
    {
        await api.BehaveAsync(model: new { transcript = new[] { new { start = 0, end = 2, text = "How much is the Tide Step?" } } });
        _node = await Speaking.StartAsync(api, new SpeechOptions(), dictation: true);
        _tenant = await TestTenant.CreateAsync(api, _node);
        _visitor = await _tenant.VisitAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Return_the_text_of_a_recording_and_count_its_duration()
    {
        var response = await SendAsync(Tone(seconds: 2.4), "audio/wav");

        (await response.Content.ReadFromJsonAsync<Transcription>())!.Text.ShouldBe("How much is the Tide Step?");
        (await api.UsedAsync(_tenant, "transcription")).Seconds.ShouldBe(3);
        (await api.Simulator.RequestsAsync()).ShouldHaveSingleItem().GetProperty("file").GetString().ShouldBe("audio.mp3");
        _visitor.Session.Config.Dictation.ShouldBe(new DictationOffer("server", api.Simulator.Address.Host));
    }

    [Fact]
    public async Task Accept_a_form_as_well()
    {
        var file = new ByteArrayContent(Tone(1));
        file.Headers.ContentType = MediaTypeHeaderValue.Parse("audio/wav");

        var response = await _visitor.Client.PostAsync(
            "/api/widget/transcription",
            new MultipartFormDataContent { { file, "file", "dictation.wav" } });

        (await response.Content.ReadFromJsonAsync<Transcription>())!.Text.ShouldBe("How much is the Tide Step?");
    }

    [Fact]
    public async Task Accept_what_browsers_record()
    {
        foreach (var (encoder, format, type) in new[]
        {
            ("libopus", "webm", "audio/webm;codecs=opus"),
            ("aac", "ipod", "audio/mp4"),
            ("libopus", "ogg", "audio/ogg; codecs=opus"),
        })
        {
            var response = await SendAsync(await EncodedAsync(encoder, format), type);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, $"{type}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Theory]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("audio/webm", HttpStatusCode.BadRequest)]
    public async Task Reject_what_is_not_a_recording(string type, HttpStatusCode status)
    {
        var response = await SendAsync(Encoding.UTF8.GetBytes("This is no sound at all, but rather some text."), type);

        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await api.UsedAsync(_tenant, "transcription")).Seconds.ShouldBe(0);
    }

    [Fact]
    public async Task Reject_what_is_too_long_too_large_or_empty()
    {
        var long_ = await SendAsync(Tone(123), "audio/wav");
        long_.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await long_.Content.ReadAsStringAsync()).ShouldContain("two minutes");
        (await SendAsync(Tone(119.9), "audio/wav")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(new byte[(10 << 20) + 1], "audio/wav")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await SendAsync([], "audio/wav")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _node.Client().PostAsync("/api/widget/transcription", new ByteArrayContent(Tone(1)))).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(401)]
    public async Task Report_a_failing_model_and_count_nothing(int status)
    {
        await api.BehaveAsync(model: new { failNext = 10, failStatus = status });

        var response = await SendAsync(Tone(1), "audio/wav");

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await response.Content.ReadAsStringAsync()).ShouldContain("Please type it");
        (await api.UsedAsync(_tenant, "transcription")).Seconds.ShouldBe(0);
    }

    [Fact]
    public async Task Be_off_without_a_setting_or_a_model()
    {
        await _tenant.SetAsync(new { dictation = false });
        (await SendAsync(Tone(1), "audio/wav")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var elsewhere = await TestTenant.CreateAsync(api);
        var visitor = await elsewhere.VisitAsync();
        var content = new ByteArrayContent(Tone(1));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("audio/wav");
        (await visitor.Client.PostAsync("/api/widget/transcription", content)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private Task<HttpResponseMessage> SendAsync(byte[] recording, string type)
    {
        var content = new ByteArrayContent(recording);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return _visitor.Client.PostAsync("/api/widget/transcription?locale=en-GB", content);
    }

    private static async Task<byte[]> EncodedAsync(string encoder, string format)
    {
        var folder = Directory.CreateTempSubdirectory("widget-dictation-").FullName;
        try
        {
            var file = Path.Combine(folder, "recording");
            using var process = System.Diagnostics.Process.Start(
                "ffmpeg",
                ["-v", "error", "-f", "lavfi", "-i", "sine=frequency=300:duration=1", "-c:a", encoder, "-f", format, file]);
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0);
            return await File.ReadAllBytesAsync(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // PCM, 8 kHz, 8 bit, one channel.
    private static byte[] Tone(double seconds)
    {
        const int Rate = 8_000;
        var samples = Enumerable.Range(0, (int)(seconds * Rate)).Select(
            at => (byte)(128 + (60 * Math.Sin(at * 2 * Math.PI * 300 / Rate)))).ToArray();
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + samples.Length);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(Rate);
        writer.Write(Rate);
        writer.Write((short)1);
        writer.Write((short)8);
        writer.Write("data"u8);
        writer.Write(samples.Length);
        writer.Write(samples);
        writer.Flush();
        return file.ToArray();
    }
}
