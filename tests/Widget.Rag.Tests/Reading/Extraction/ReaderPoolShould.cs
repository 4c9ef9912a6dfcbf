using System.Diagnostics;
using System.Text;
using Widget.Rag.Reading.Extraction;
using Widget.Testing;

namespace Widget.Rag.Tests.Reading.Extraction;

public sealed class ReaderPoolShould
{
    // Text in very many small pieces may take a parser tens of seconds, even within the limits on markup.
    private static readonly RawDocument Slow = Raw(string.Concat(Enumerable.Repeat("<p>a<p>", 700_000)), MediaTypes.Html);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_a_document_as_its_extractor_does()
    {
        var page = Raw(
            "<html lang=en><title>T</title><h1 id=a>Heading</h1><p>Text <table><tr><th>x<tr><td>y</table><a href=/b>b</a>",
            MediaTypes.Html)
            with
        { Address = new Uri("https://example.com/") };

        var read = await Readers.Pool.ReadAsync(page, Ct);

        var expected = Extractors.Extract(page);
        read.Blocks.ShouldBe(expected.Blocks);
        read.Links.ShouldBe(expected.Links);
        (read with { Blocks = [], Links = [] }).ShouldBe(expected with { Blocks = [], Links = [] });
    }

    [Fact]
    public async Task Keep_its_children_warm()
    {
        using var pool = new ReaderPool(size: 1);

        for (var i = 0; i < 20; i++)
            (await pool.ReadAsync(Raw($"Page {i}", MediaTypes.Text), Ct)).Blocks.Single().Text.ShouldBe($"Page {i}");

        pool.Started.ShouldBe(1);
    }

    [Fact]
    public async Task Report_an_unreadable_document_and_continue()
    {
        using var pool = new ReaderPool(size: 1);

        (await FailureAsync(pool, new RawDocument(new byte[] { 1, 0, 2 }, MediaTypes.Text))).ShouldContain("binary data");

        (await pool.ReadAsync(Raw("fine", MediaTypes.Text), Ct)).Blocks.Count.ShouldBe(1);
        pool.Started.ShouldBe(1);
    }

    [Fact]
    public async Task Stop_a_document_that_takes_too_long()
    {
        using var pool = new ReaderPool(ReaderPool.DefaultLimits with { Time = TimeSpan.FromMilliseconds(20) }, size: 1);

        (await FailureAsync(pool, Slow)).ShouldContain("took longer than");
    }

    [Fact]
    public async Task Let_an_excessive_document_fail_alone()
    {
        using var pool = new ReaderPool(ReaderPool.DefaultLimits with { MemoryBytes = 60 << 20 }, size: 2);

        var bomb = FailureAsync(pool, Raw(new string('x', 30_000_000), MediaTypes.Text));
        var others = Enumerable.Range(0, 50).Select(i => pool.ReadAsync(Raw($"Page {i}", MediaTypes.Text), Ct)).ToList();

        (await bomb).ShouldContain("memory");
        (await Task.WhenAll(others)).ShouldAllBe(document => document.Blocks.Count == 1);
    }

    [Fact]
    public async Task Refuse_a_reply_that_is_larger_than_allowed()
    {
        using var pool = new ReaderPool(ReaderPool.DefaultLimits with { OutputBytes = 1_000 }, size: 1);

        (await FailureAsync(pool, Raw(new string('x', 5_000), MediaTypes.Text))).ShouldContain("too much text");
        (await pool.ReadAsync(Raw("short", MediaTypes.Text), Ct)).Blocks.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Refuse_200_MB_of_text_without_copying_it()
    {
        var text = new RawDocument(new byte[200 << 20], MediaTypes.Text);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var failure = Should.ThrowAsync<IngestionFailureException>(() => Readers.Pool.ReadAsync(text, Ct));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        (await failure).Message.ShouldContain("Split it");
    }

    [Fact]
    public async Task Start_another_child_when_one_has_been_killed()
    {
        using var pool = new ReaderPool(size: 1);
        await pool.ReadAsync(Raw("one", MediaTypes.Text), Ct);
        using (var child = Process.GetProcessById(pool.Children.Single()))
        {
            child.Kill();
            await child.WaitForExitAsync(Ct);
        }

        (await pool.ReadAsync(Raw("two", MediaTypes.Text), Ct)).Blocks.Single().Text.ShouldBe("two");
        pool.Started.ShouldBe(2);
    }

    [Fact]
    public async Task Kill_the_child_of_a_cancelled_document()
    {
        using var pool = new ReaderPool(size: 1);
        await pool.ReadAsync(Raw("warm", MediaTypes.Text), Ct);
        using var child = Process.GetProcessById(pool.Children.Single());
        using var unwanted = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var reading = pool.ReadAsync(Slow, unwanted.Token);
        await unwanted.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reading);
        await child.WaitForExitAsync(Ct);
        (await pool.ReadAsync(Raw("next", MediaTypes.Text), Ct)).Blocks.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stop_its_children_when_disposed()
    {
        var pool = new ReaderPool(size: 1);
        await pool.ReadAsync(Raw("one", MediaTypes.Text), Ct);
        using var child = Process.GetProcessById(pool.Children.Single());

        pool.Dispose();

        await child.WaitForExitAsync(Ct);
    }

    [Fact]
    public async Task Give_its_children_none_of_the_servers_settings()
    {
        Environment.SetEnvironmentVariable("WIDGET_TEST_SECRET", "secret");
        using var pool = new ReaderPool(size: 1);
        await pool.ReadAsync(Raw("one", MediaTypes.Text), Ct);

        (await File.ReadAllTextAsync($"/proc/{pool.Children.Single()}/environ", Ct)).ShouldNotContain("secret");
    }

    private static async Task<string> FailureAsync(ReaderPool pool, RawDocument document) =>
        (await Should.ThrowAsync<IngestionFailureException>(() => pool.ReadAsync(document, Ct))).Message;

    private static RawDocument Raw(string text, string mediaType) => new(Encoding.UTF8.GetBytes(text), mediaType);
}
