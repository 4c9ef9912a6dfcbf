using System.Text.Json;
using Widget.Api.Leads.Qualification;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

/// <summary>The formula of a lead's score.</summary>
public sealed class LeadScoreShould
{
    private static readonly LeadQualification Qualification = new()
    {
        Questions =
        [
            new QualificationQuestion
            {
                Key = "budget",
                Text = "What is your budget?",
                Weight = 40,
                Answers =
                [
                    new QualificationAnswer { Value = "big", Label = "Over 10,000", Points = 100 },
                    new QualificationAnswer { Value = "small", Points = 25 },
                ],
            },
            new QualificationQuestion
            {
                Key = "seats",
                Text = "How many people?",
                Kind = QuestionKind.Number,
                Weight = 20,
                Answers =
                [
                    new QualificationAnswer { To = 10, Points = 10 },
                    new QualificationAnswer { From = 10, To = 100, Points = 50 },
                    new QualificationAnswer { From = 100, Points = 100 },
                ],
            },
            new QualificationQuestion { Key = "urgent", Text = "Is it urgent?", Kind = QuestionKind.Boolean, Weight = 15 },
            new QualificationQuestion { Key = "need", Text = "What do you need?", Kind = QuestionKind.Text, Weight = 5 },
        ],
    };

    [Fact]
    public void Be_the_sum_of_what_was_reached_with_the_reasons()
    {
        var score = Score(
            new { budget = "small", seats = 10, urgent = true, need = "A crane" },
            [Offer.Demo, Offer.Contact],
            meeting: true,
            companyEmail: true,
            conversations: 2);

        // 40 · 25 % + 20 · 50 % + 15 + 5, and 20 + 10 + 10 + half of 10.
        score.Score.ShouldBe(85);
        score.Tier.ShouldBe("hot");
        score.Reasons.ShouldBe(
            [
                "Booked a meeting (+20)",
                "Is it urgent? yes (+15)",
                "What is your budget? small (+10)",
                "How many people? 10 (+10)",
                "Asked to see the product (+10)",
                "Has a company's e-mail address (+10)",
                "What do you need? A crane (+5)",
                "Came back: 2 conversations (+5)",
            ]);
    }

    [Fact]
    public void Be_nothing_for_a_lead_of_whom_nothing_is_known()
    {
        var score = Score(new { });

        (score.Score, score.Tier, score.Reasons.Count).ShouldBe((0, "cold", 0));
    }

    [Fact]
    public void Be_at_most_100() =>
        Score(new { budget = "big", seats = 1000, urgent = true, need = "x" }, [.. Enum.GetValues<Offer>()], true, true, 9)
            .Score.ShouldBe(100);

    [Theory]
    [InlineData(9.99, 2)]
    [InlineData(10, 10)]
    [InlineData(99.9, 10)]
    [InlineData(100, 20)]
    public void Take_the_range_of_a_number(double seats, int expected) => Score(new { seats }).Score.ShouldBe(expected);

    [Fact]
    public void Ignore_answers_that_no_longer_fit_their_question()
    {
        var score = Score(new { budget = "huge", seats = "many", urgent = "yes", gone = 1 });

        (score.Score, score.Reasons.Count).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData(29, "cold")]
    [InlineData(30, "warm")]
    [InlineData(59, "warm")]
    [InlineData(60, "hot")]
    public void Have_the_tier_of_its_threshold(int weight, string tier)
    {
        var qualification = new LeadQualification { Signals = new SignalWeights { BookedMeeting = weight } };

        LeadScore.Of(qualification, Evidence(new { }, [], meeting: true)).Tier.ShouldBe(tier);
    }

    [Fact]
    public void Never_fall_when_more_is_known()
    {
        var random = new Random(1);
        for (var run = 0; run < 200; run++)
        {
            var answers = new Dictionary<string, object>(StringComparer.Ordinal);
            if (random.Next(2) == 0) answers["budget"] = random.Next(2) == 0 ? "big" : "small";
            if (random.Next(2) == 0) answers["seats"] = random.Next(200);
            var offers = Enum.GetValues<Offer>().Where(_ => random.Next(2) == 0).ToHashSet();
            var less = LeadScore.Of(Qualification, Evidence(answers, offers, conversations: 1));

            answers["urgent"] = true;
            var more = LeadScore.Of(Qualification, Evidence(answers, [.. offers, Offer.Pricing], random.Next(2) == 0, conversations: 3));

            more.Score.ShouldBeGreaterThanOrEqualTo(less.Score);
            more.Score.ShouldBeInRange(0, 100);
        }
    }

    private static LeadScore Score(
        object answers,
        HashSet<Offer>? askedFor = null,
        bool meeting = false,
        bool companyEmail = false,
        int conversations = 1) =>
        LeadScore.Of(Qualification, Evidence(answers, askedFor ?? [], meeting, companyEmail, conversations));

    private static LeadEvidence Evidence(
        object answers,
        HashSet<Offer> askedFor,
        bool meeting = false,
        bool companyEmail = false,
        int conversations = 1) => new()
        {
            Answers = JsonSerializer.SerializeToElement(answers).EnumerateObject()
                .ToDictionary(answer => answer.Name, answer => answer.Value),
            AskedFor = askedFor,
            HasMeeting = meeting,
            HasCompanyEmail = companyEmail,
            Conversations = conversations,
        };
}
