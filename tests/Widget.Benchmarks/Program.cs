using Widget.Benchmarks;
using Widget.Benchmarks.Calls;
using Widget.Benchmarks.Load;
using Widget.Benchmarks.Pages;
using Widget.Benchmarks.Rooms;

switch (args)
{
    case ["collection", var folder]:
        await CollectionBenchmark.RunAsync(folder);
        return 0;
    case ["arms", .. var folders]:
        foreach (var folder in folders) await ArmsBenchmark.RunAsync(folder);
        return 0;
    case ["answers", var part]:
        await AnswersBenchmark.RunAsync(part, shows: false);
        return 0;
    case ["answers", var part, "show"]:
        await AnswersBenchmark.RunAsync(part, shows: true);
        return 0;
    case ["refusal", var folder]:
        await RefusalBenchmark.RunAsync(folder);
        return 0;
    case ["chunking", var folder, .. var documents] when documents.Length % 2 == 0:
        await ChunkingBenchmark.RunAsync(folder, documents);
        return 0;
    case ["speed", var passages]:
        await SearchSpeed.GeneratedAsync(int.Parse(passages));
        return 0;
    case ["scale", var tenants, var largest]:
        await ScaleBenchmark.RunAsync(int.Parse(tenants), int.Parse(largest));
        return 0;
    case ["extraction", var folder]:
        await ExtractionBenchmark.RunAsync(folder);
        return 0;
    case ["follow-ups"]:
        await FollowUpsBenchmark.RunAsync();
        return 0;
    case ["documents", var folder, var questions, var least]:
        return await DocumentsBenchmark.FolderAsync(folder, questions, int.Parse(least)) ? 0 : 1;
    case ["site", var folder, var questions, var least]:
        return await DocumentsBenchmark.SiteAsync(folder, questions, int.Parse(least)) ? 0 : 1;
    case ["social", var part]:
        SocialBenchmark.Run(part);
        return 0;
    case ["router"]:
        RouterBenchmark.Run();
        return 0;
    case ["router-fit"]:
        RouterBenchmark.Fit();
        return 0;
    case ["offers"]:
        OffersBenchmark.Run();
        return 0;
    case ["contacts"]:
        OffersBenchmark.Contacts();
        return 0;
    case ["offers-thresholds"]:
        OffersBenchmark.Thresholds();
        return 0;
    case ["offers-fit"]:
        OffersBenchmark.Fit(shows: false);
        return 0;
    case ["offers-fit", "show"]:
        OffersBenchmark.Fit(shows: true);
        return 0;
    case ["analytics", var events]:
        await AnalyticsBenchmark.RunAsync(int.Parse(events));
        return 0;
    case ["console", var conversations]:
        return await ConsoleBenchmark.RunAsync(int.Parse(conversations)) ? 0 : 1;
    case ["console", var conversations, var page]:
        return await ConsoleBenchmark.RunAsync(int.Parse(conversations), page) ? 0 : 1;
    case ["unanswered-fit"]:
        UnansweredBenchmark.Fit();
        return 0;
    case ["unanswered", var part]:
        UnansweredBenchmark.Run(part);
        return 0;
    case ["strategies"]:
        await StrategiesBenchmark.RunAsync();
        return 0;
    case ["calls", var calls]:
        return await CallsBenchmark.RunAsync(int.Parse(calls)) ? 0 : 1;
    case ["load", var visitors]:
        return await LoadBenchmark.RunAsync(int.Parse(visitors)) ? 0 : 1;
    case ["rooms", var rooms]:
        return await RoomsBenchmark.RunAsync(int.Parse(rooms)) ? 0 : 1;
    case ["browser-calls", var calls, var atOnce]:
        return await BrowserCallsBenchmark.RunAsync(int.Parse(calls), int.Parse(atOnce)) ? 0 : 1;
    case ["lookups"]:
        return await VoiceLookupBenchmark.RunAsync() ? 0 : 1;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/Widget.Benchmarks -- COMMAND

              collection FOLDER   quality and speed of search on a test collection
              arms FOLDER…        the weight of the semantic arm, and of its two models
              answers fit|heldout [show]   what visitors get without a language model; "show" prints every answer
              refusal FOLDER      when to say no, on the demo companies and a test collection
              follow-ups          how follow-up questions are told and what they find
              social PART         how small talk is recognised and questions are split, on tests/data/visitors: fit or heldout
              router              where the smart strategy sends visitors' questions
              router-fit          fits the router's weights on the training questions in tests/data and writes their file
              analytics EVENTS    how long the figures of a month take
              console CONVERSATIONS [PAGE]   how long the console's pages wait for their first data; fails when the median of one reaches
                                  300 ms; with PAGE, only pages whose names contain it
              unanswered PART     how unanswered questions about the same thing are grouped: fit or heldout
              unanswered-fit      tries thresholds of these groups on the questions to fit on
              offers              what visitors' messages call for, and the contact details in them, on messages of another author
              contacts            messages whose contact details are read wrongly, of those to fit on
              offers-thresholds   what other thresholds would do, on the messages for validation
              offers-fit [show]   fits the weights for that on tests/data/offers and writes their file; "show" prints the mistakes

              strategies          both knowledge bases at once, one of them dead, and a question asked before

              chunking FOLDER [DOCUMENTS QUESTIONS]…   how long passages should be, and how much they should overlap
              speed PASSAGES      the cost of a search next to the bare SQL of its arms, on a generated tenant
              scale TENANTS LARGEST   many tenants of 1,000 passages and one of LARGEST (940 60000 makes a million; needs 12 GB of disk)
              extraction FOLDER   documents a second through the reader children

              documents FOLDER QUESTIONS LEAST   ingest a folder; fails below LEAST documents or when too few questions find theirs
              site FOLDER QUESTIONS LEAST        the same, served as a web site and read by its links

              load VISITORS       everybody asks at once, on a node that has just started and on a warm one; fails when a question fails, is
                                  answered otherwise than alone, or takes too long
              lookups             how long a visitor in a call waits for search_knowledge; fails when one in twenty takes 300 ms
              rooms ROOMS         calls between two people that begin at once, and requests; fails when half of the calls take 300 ms to set
                                  up, when a page gets another room's message, or when messages or requests are slow
              browser-calls CALLS AT_ONCE  calls between two browsers, one after the other and at once, and requests; fails when one in
                                  twenty does not connect, or when the average page takes 2 s, message 50 ms or request 100 ms
              calls CALLS         video calls while nodes crash and Tavus fails; fails when one is left open, ended twice or miscounted

            A test collection is a folder with corpus.jsonl {id, title, text}, queries.jsonl {id, text} and
            qrels.tsv query<TAB>document<TAB>grade. Questions are lines of question<TAB>the document's file name without its ending
            (several that answer are divided by |).
            """);
        return 2;
}
